"""The one numerical policy: when a float counts as zero, and how far a residual may be off."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, repr=False)
class Tolerances:
    """Every threshold of the package, each relative to the scale named beside it.

    >>> Tolerances(), Tolerances(rank=4.0)
    (DEFAULT, Tolerances(rank=4.0))
    """

    # |<w, x>| <= boundary * |w| |x| : a sample lies on a unit's hyperplane (float input only)
    boundary: float = 1e-9
    # singular values below rank * sigma_max * max(n, p) * machine precision count as zero
    rank: float = 8.0
    # KKT residual of a basin program, relative to the mean square of the targets
    kkt: float = 1e-9
    # lines through samples closer than this, or lengths further apart than its inverse (both after whitening), put the
    # values of basins beyond what residuals in doubles can vouch for
    fine_rows: float = 1e-3
    # first-order slack, relative to the size of the gradient's terms
    stationarity: float = 1e-9
    # unit vectors closer than this lie on one line (float input only)
    parallel: float = 1e-9
    # what rounding may take off the product of two vectors of length 1
    cosine_rounding: float = 1e-13
    # widths, relative to |w| |x|, within which a basin's minimiser is taken to lie on a hyperplane (tried in turn)
    kink_widths: tuple[float, ...] = (1e-7, 1e-6, 1e-5, 1e-8, 1e-4)
    # a unit whose largest output is below this share of the largest target counts as silent (tried in turn)
    silent_outputs: tuple[float, ...] = (1e-7, 1e-5, 1e-4)
    # weights of a basin's minimiser beyond these multiples of the current ones are drawn back towards them (in turn)
    weight_caps: tuple[float, ...] = (1e2, 1e4, 1e6)
    # cosine by which weights must clear every hyperplane to count as well inside their cell
    clearance: float = 1e-3
    # |v_j| |w_j| relative to the largest up to which weight decay has all but taken a unit out
    decayed_unit: float = 1e-3
    # height of a fitted sample, relative to |w| |x|, beyond which floats decide on which side of the hyperplane it is
    clear: float = 1e-6
    # step of a differenced second derivative, relative to 1 + |f|
    difference_step: float = 1e-5
    # angles (after standardising) within which snapping puts a sample on a unit's hyperplane
    snap_angles: tuple[float, ...] = (0.0, 1e-6, 1e-4, 1e-3, 1e-2)
    # a snapped network lies within this share of the largest |v_j w_j| of the given one
    snap_distance: float = 0.01
    # its loss differs by at most this share of the best constant's loss
    snap_loss: float = 0.01
    # unit directions closer than this are the same unit twice
    duplicate: float = 1e-6
    # gradient of a layer, relative to the size of its terms, up to which a deep network counts as stationary there
    deep_gradient: float = 1e-6
    # difference, in roundings of the sum of absolute terms, up to which a model computes what its layers say
    forward: float = 256.0
    # predictions closer to an affine function than this share of their spread count as affine
    affine: float = 1e-3
    # relative fall of the cost at which a box-constrained least-squares fit stops
    box_fit: float = 1e-14
    # a loss at most this share of the best constant's loss counts as zero when no exact decision is asked
    zero_loss: float = 1e-9
    # persistence below this share of the largest birth is rounding noise, not a valley
    barrier: float = 1e-10
    # margin, relative to the targets, from which a linear program's answer is worth an exact confirmation
    proposal: float = 1e-7
    # stationarity of a projection onto a cone of unit generators, relative to the size of the target
    cone_stationarity: float = 1e-13
    # product of a cell's unit ray with a unit sample up to which the ray lies on the sample's plane
    ray_on_plane: float = 1e-12
    # multipliers, relative to the targets, above which a constraint of a degenerate basin program is tight (in turn)
    multiplier_cuts: tuple[float, ...] = (1e-4, 1e-5, 1e-3, 1e-2)
    # relative duality gap at which the interior point stops
    interior_gap: float = 1e-11
    # distance from a threshold, relative to the targets, within which a device's basin value is solved again
    device_border: float = 1e-8
    # diagonal added to the interior point's Newton matrix, relative to its mean diagonal
    interior_ridge: float = 1e-13
    # relative Cholesky pivot below which the interior point leaves a direction alone
    interior_pivot: float = 1e-15
    # rounding allowed to an own loss where its value, its slope and their order are compared
    own_loss: float = 1e-11
    # step of that comparison, relative to 1 + |f|
    own_loss_step: float = 1e-3
    # share of a rise of the gradient that is left after the last half of the halvings where the gradient jumps
    own_loss_jump: float = 0.5
    # predicted decrease, relative to the loss, at which Newton's method on another loss stops
    newton_decrement: float = 1e-14
    # relative fall of the loss below which a descent has come to its end
    newton_residual: float = 1e-10
    # gap between value and lower bound, relative to the losses, at which it stops
    newton_gap: float = 1e-11
    # gap from which its value is refused
    newton_refused: float = 1e-6
    # weight of staying near, relative to the largest curvature
    newton_ridge: float = 1e-10
    # dual residual, relative to the terms of the gradient, up to which a lower bound counts
    newton_dual: float = 1e-10
    # smallest height of a unit vector over a cell's hyperplanes up to which the cell counts as one without interior
    no_interior: float = 1e-12
    # height by which such a cell is widened where floats need an interior
    widened: float = 1e-10
    # slope of a loss far out, relative to its slope near 0, up to which it counts as never rising
    flat: float = 1e-12
    # how far before the place where a slope becomes zero it is looked at, relative to the distance
    flat_edge: float = 1e-2
    # slope times distance, relative to the slope near 0, from which a loss counts as falling without bound
    tail: float = 1e-5
    # how nearly a loss far out must rise or fall as its slopes there say, for these to be believed
    tail_values: float = 1e-3
    # relative gap at which the min-norm point search stops (exact arithmetic decides afterwards)
    min_norm_gap: float = 1e-10
    # squared length, relative to unit rows, below which the min-norm point counts as zero
    min_norm_zero: float = 1e-22
    # relative Cholesky pivot below which a support counts as affinely dependent
    min_norm_dependent: float = 1e-15
    # distance from a cone, in units of the target, above which floats alone rule out that the target lies in it
    cone_clear: float = 1e-3
    # output weight and hidden weight below which a trained ReQU unit is tried at zero
    requ_silent: float = 2e-3
    # largest entry of the gradient at which a round of training a ReQU network ends
    requ_gradient: float = 1e-11
    # least eigenvalue, relative to the largest, that a damped Newton step divides by
    newton_floor: float = 1e-12
    # eigenvalues of a second derivative within this share of its norm count as zero
    curvature: float = 1e-11
    # share of its trivial bound below which a margin makes lambda_0 tiny
    tiny_margin: float = 1e-4
    # distance of two coefficients, relative to lambda_0, below which they are tied
    tied_lambdas: float = 1e-6
    # relative gain below which a climb on the sphere stops
    climb: float = 1e-9
    # relative gap at which the search for units of the largest margin stops
    margin_gap: float = 1e-7
    # relative gap up to which a margin with both bounds proven counts as exact
    margin_exact: float = 1e-6
    # feasibility tolerance of the margin's linear program, whose margins are 1
    program_feasibility: float = 1e-10
    # entries of unit directions within about this distance make one unit of the margin program
    same_unit: float = 1e-13
    # largest entry of the gradient at which a point of a ReQU network's loss counts as critical
    requ_critical: float = 1e-6
    # coefficient, relative to the largest, up to which a teacher's unit counts as absent
    least_coefficient: float = 1e-9
    # what training on can still gain, as a share of the loss, up to which a network counts as stuck
    stuck: float = 0.01
    # a loss at most this share of the best constant's, in a basin whose lowest loss is zero, counts as solved
    solved: float = 1e-4
    # loss above the best constant's, as a share of it, from which a network counts as given the wrong input
    worse_than_constant: float = 0.01
    # spread of the predictions, relative to the largest one, up to which a network counts as a constant
    constant_output: float = 1e-6
    # spread relative to the targets' up to which it counts as nearly one, if it gains at most this share of the best
    # constant's loss
    near_constant: float = 0.1
    # share of the targets' variance that a * prediction + b must explain for the outputs to count as standardised
    standardised_fit: float = 0.7
    # share of the rows that must be right with the classes numbered otherwise for that numbering to be named
    renumbered: float = 0.8
    # how far a and b may be from the targets' deviation and mean, relative to the deviation
    standardised_scale: float = 0.3
    # last layer's gradient under the squared loss, relative to that under another, up to which it is what was trained
    trained_squared: float = 0.1
    # distance of two networks, relative to their largest weight, below which no line is drawn between them
    same_point: float = 1e-9
    # what is left of the gradient once a multiple of the weights is added, up to which that multiple is the decay
    decay_fit: float = 0.02
    # relative fall of the loss within a window of steps below which a training stops
    training_stall: float = 1e-4
    # difference of two losses, relative to the best constant's, up to which two trainings ended in the same trap
    same_trap: float = 1e-4
    # with weight decay: relative length of a proved interval for a basin's value, and gap that floats vouch for
    decayed_interval: float = 1e-12
    decayed_gap: float = 1e-7
    # multiplier of a cell's hyperplane, as a share of the pull, up to which it is rounding
    decayed_tight: float = 1e-7
    # how far below the decay, relative to it, a pull has to stay for a bound with rounded multipliers
    decayed_slack: float = 1e-6
    # weight of what no penalty bounds, where the multipliers nearest to a pull are looked for
    decayed_free: float = 1e5
    # singular values below this share of the largest leave a direction on a face of a cell free
    face_rank: float = 1e-11
    # move along a direction in which each prediction moves by 0 or at least 1, up to which it is 0
    recession_move: float = 1e-7
    # least entry on the diagonal of the Cholesky factor of a face's second derivatives, scaled to a unit diagonal
    decayed_cholesky: float = 1e-7
    # its interior point: relative pivot up to which a direction is left alone, ridge relative to the diagonal, least
    # share of the parameter that a step aims at, least first multiplier, and how near a norm comes to its bound
    decayed_pivot: float = 1e-16
    decayed_ridge: float = 1e-15
    decayed_centring: float = 1e-6
    decayed_start: float = 0.1
    decayed_border: float = 1e-14
    # share of the bound of a cone's pulls within which one of them reaches it, so that the cone is cut no further
    split_end: float = 1e-9
    # with weight decay: how far, relative to 1 + the largest weight, an exact minimum may be from the given floats;
    # values closer than this, relative to that of the zero network, are one; gap, relative to the same, that counts
    # as closed in a barrier tree; share of the decay within which floats say nothing of a pull
    decayed_within: float = 1e-6
    decayed_same: float = 1e-9
    decayed_closed: float = 1e-10
    decayed_near: float = 1e-9
    # any number of units with weight decay: share within which a pull counts as the decay, distance within which two
    # directions are one, and size, relative to the largest, below which a unit is left out; share of the value to which
    # the ends of a certificate agree where what is told with them counts as certified
    infinite_tight: float = 1e-6
    infinite_same: float = 1e-5
    infinite_negligible: float = 1e-7
    infinite_agreed: float = 1e-6
    # sines between these are neither on a hyperplane nor off it in floats
    sine_on: float = 1e-7
    sine_off: float = 1e-5
    # width, relative to its upper end, at which halving an interval ends
    bisection: float = 1e-15
    # curvature of a loss, relative to the largest, below which it is taken for this much
    least_curvature: float = 1e-10
    # what is left of a column, relative to its length, beyond which it is independent of those before it
    slice_rest: float = 1e-7
    # diagonal added to the curvatures of a softmax, relative to the largest of them
    softmax_ridge: float = 1e-10
    # directions looked at in boxes: slack of the heights, and rounding of heights and of bounds, relative to the terms
    box_slack: float = 1e-9
    box_heights: float = 1e-13
    box_bounds: float = 1e-12
    # what a solid angle found by quadrature may be off by, as a share of the sphere
    solid_angle: float = 1e-10

    # certificates of deep networks: what covers the rounding of one bound, of a ball's radius and of sums of products
    # in floats, relative to the terms; least diagonal entry that scales a matrix, relative to the largest
    outward: float = 1e-12
    ball_radius: float = 1e-9
    sums_of_floats: float = 1e-11
    diagonal_scale: float = 1e-8
    # proofs of deep points: curvature, relative to the largest, that counts as flat; gradients of kinks that count as
    # dependent, in a descent and where a box fails; excess of a signal over the decay that wakes a unit; fall
    # relative to J that shows a point not at rest though it is not decided
    flat_curvature: float = 1e-9
    tangent_rank: float = 1e-10
    dependent_kinks: float = 1e-9
    waking_excess: float = 1e-6
    clear_fall: float = 1e-7
    # descents of deep networks: heights relative to their terms that start on a kink, heights relative to the unit's
    # largest that are rounding, what rounding may add to J
    near_kink: float = 1e-4
    unmoved_height: float = 1e-13
    objective_rounding: float = 1e-14
    # Newton's method there: step relative to 1 + |theta| at its end, residual of a system that counts as solved,
    # inverse of the length of a solution that shows a singular one, singular values left out
    newton_step: float = 1e-11
    solved_system: float = 1e-6
    singular_system: float = 1e-8
    least_singular_value: float = 1e-12
    # optima of any width with several outputs: pulls that count as the decay, while the search goes, where it rests
    # and in the finished network; distance of a cosine from 1 up to which directions are one, and units merge; size
    # of a unit beside the largest that is none; singular value of unit columns that counts as independent
    pull_at_decay: float = 1e-10
    pull_at_rest: float = 1e-6
    tight_pull: float = 1e-9
    same_direction: float = 1e-6
    merged_direction: float = 1e-4
    negligible_unit: float = 1e-8
    independent_units: float = 1e-7
    # ends of trainings whose losses differ by more, as a share of the best constant's loss, are different ends
    other_end: float = 1e-6
    # least eigenvalue of products of unit rows, relative to the largest, that shows them independent with nearly all
    # digits
    plain_rows: float = 1e-3
    # weights and losses that differ by less, relative to their size, are told and drawn as the same
    same_weights: float = 1e-6
    same_loss: float = 1e-9

    def __repr__(self) -> str:
        """Return what differs from the policy that holds unless told."""
        own = ((field.name, getattr(self, field.name), field.default) for field in fields(self))
        changes = [f"{name}={value!r}" for name, value, usual in own if value != usual]
        return f"Tolerances({', '.join(changes)})" if changes else "DEFAULT"


DEFAULT = Tolerances()
MACHINE_PRECISION = 2.0**-52
# relative rounding of a sum of a few dozen terms stays below this
ROUNDING = 16.0 * MACHINE_PRECISION
# rows whose least singular value, relative to the largest, is below this are not told apart from dependent ones
LEAST_SINGULAR = MACHINE_PRECISION**0.75
# rows the least eigenvalue of whose products, relative to the largest, is above this are plainly of full rank
PLAIN = 1e-6
# keeps a quotient finite where its divisor is zero; no quantity that is believed is this small
SPECK = 1e-300
# what stands in place of a pivot that is nothing but rounding: its direction is left alone
HUGE_PIVOT = 1e100
# targets beyond this have squares that doubles cannot sum
LARGEST_TARGET = 1e150
