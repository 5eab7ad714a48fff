from ...landscape.widths.settings import Settings as Settings
from .assemble import survey as survey
from .plan import dry_run as dry_run
from .result import Survey as Survey
