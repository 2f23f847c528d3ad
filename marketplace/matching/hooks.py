"""Where matching joins in with the slices below it; imported once, by the views."""

from __future__ import annotations

from marketplace.companies.actions import on_eligible, on_withdrawn
from marketplace.companies.progress import case_histories, case_matches, case_progress, case_standings
from marketplace.experts.card import looking_open
from marketplace.matching.actions import open_case, withdraw_with_request
from marketplace.matching.browsing import may_look
from marketplace.matching.progress import match_of_case, standings_of_cases, steps_of_case
from marketplace.matching.telling import told_to_firm

on_eligible.append(open_case)
on_withdrawn.append(withdraw_with_request)
looking_open.append(may_look)
case_progress.append(steps_of_case)
case_standings.append(standings_of_cases)
case_matches.append(match_of_case)
case_histories.append(told_to_firm)
