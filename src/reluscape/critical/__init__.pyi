from .optimality import certify as certify
from .verdict import Verdict as Verdict
