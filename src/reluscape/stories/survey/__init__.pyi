from .assemble import survey as survey
from .plan import Settings as Settings
from .plan import dry_run as dry_run
from .result import Survey as Survey
