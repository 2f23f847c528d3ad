"""Durable jobs: rows that a worker takes, works off and marks. A job may run twice; handlers must not mind.

A worker leases a job; when it dies, the lease runs out and the job is taken again. What comes round again and again
is a row too (``every``). The rows are the truth: where a broker is set, its messages only name a row to look at
(``broker``, docs/decisions/0010).
"""

from marketplace.jobs.leases import LEASE, LeaseLost, progress, renew, settle
from marketplace.jobs.rows import SWEEP, Job, JobState, announce_with, enqueue, enqueue_once, run_again
from marketplace.jobs.sweeps import every
from marketplace.jobs.working import MAX_ATTEMPTS, handles, run, run_due, tick, work, work_off

__all__ = [
    "LEASE",
    "MAX_ATTEMPTS",
    "SWEEP",
    "Job",
    "JobState",
    "LeaseLost",
    "announce_with",
    "enqueue",
    "enqueue_once",
    "every",
    "handles",
    "progress",
    "renew",
    "run",
    "run_again",
    "run_due",
    "settle",
    "tick",
    "work",
    "work_off",
]
