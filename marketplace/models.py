"""Every model in one place, for alembic and for tests that look at the whole schema."""

from marketplace import audit, jobs, notifications
from marketplace.accounts import models as accounts
from marketplace.cards import models as cards
from marketplace.codes import models as codes
from marketplace.companies import models as companies
from marketplace.companies import numbers
from marketplace.completion import models as completion
from marketplace.course import models as course
from marketplace.database import Base
from marketplace.experts import models as experts
from marketplace.files import models as files
from marketplace.imports import models as imports
from marketplace.ledger import models as ledger
from marketplace.matching import models as matching
from marketplace.matching import models_learning as learning
from marketplace.mentorships import models as mentorships
from marketplace.mentorships import models_papers as papers
from marketplace.messages import models as messages
from marketplace.outcomes import models as outcomes
from marketplace.payments import models as payments
from marketplace.programmes import models as programmes
from marketplace.rounds import models as rounds
from marketplace.taxonomy import models as taxonomy
from marketplace.visits import models as visits
from marketplace.visits import models_feed as feeds

__all__ = [
    "Base",
    "accounts",
    "audit",
    "cards",
    "codes",
    "companies",
    "completion",
    "course",
    "experts",
    "feeds",
    "files",
    "imports",
    "jobs",
    "learning",
    "ledger",
    "matching",
    "mentorships",
    "messages",
    "notifications",
    "numbers",
    "outcomes",
    "papers",
    "payments",
    "programmes",
    "rounds",
    "taxonomy",
    "visits",
]
