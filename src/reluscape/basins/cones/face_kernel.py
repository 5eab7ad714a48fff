"""Compiled kernel: which generators of a cone could still lower the distance from the proposed face."""

from __future__ import annotations

import numpy as np

from ...numbers.kernels import kernel


@kernel(lambda A, R, *rest: 3 * len(rest[4]) * A.shape[1], seconds=1.5)
def doubts(A, R, zero, first, inside, starts, members, face, unit, doubt):
    """Mark the members of every cone whose product with the residual is not negative beyond rounding.

    doubt becomes 2 where the product is positive beyond rounding, 1 where floats cannot tell; a member of the face has
    product zero and is passed over, as is every member where the residual is zero.

    A (g, n) are the generators and R (f, n) the residuals of the faces, each entry rounded once; face f has the
    generators inside[first[f]:first[f + 1]]; unit is the rounding error of one operation.
    """
    n = A.shape[1]
    share = (n + 3) * 4 * unit
    least = n * 4 * np.finfo(np.float64).tiny
    for b in range(len(starts) - 1):
        f = face[b]
        if zero[f]:
            continue
        for at in range(starts[b], starts[b + 1]):
            g = members[at]
            own = False
            for k in range(first[f], first[f + 1]):
                own = own or inside[k] == g
            if own:
                continue
            total, size = 0.0, 0.0
            for i in range(n):
                product = A[g, i] * R[f, i]
                total += product
                size += abs(product)
            bound = share * size + least
            if total > bound:
                doubt[at] = 2
            elif total >= -bound:
                doubt[at] = 1
