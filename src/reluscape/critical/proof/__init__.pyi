from .proof import Proof as Proof
from .prove import prove as prove

__all__ = [
    "Proof",
    "prove",
]
