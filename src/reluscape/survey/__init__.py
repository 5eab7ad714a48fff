"""The survey of one data set: everything that can be known before training, assembled from the rooms below."""

from .assemble import survey
from .plan import Settings, dry_run
from .result import Survey

__all__ = ["Settings", "Survey", "dry_run", "survey"]
