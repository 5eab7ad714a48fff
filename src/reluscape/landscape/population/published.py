"""What is published about how often the population loss gets stuck."""

from __future__ import annotations

from types import MappingProxyType

# share of gradient descents that ended at a spurious minimum, by (k, n): units of the teacher and of the student;
# Safran and Shamir 2018, Table 1, n = k
PUBLISHED = MappingProxyType(
    {(6, 6): 0.003, (7, 7): 0.055, (8, 8): 0.126, (9, 9): 0.218, (10, 10): 0.346, (11, 11): 0.455, (12, 12): 0.585}
)
