from ..probability.full_rank.curve import full_rank_curve as full_rank_curve
from ..probability.full_rank.fraction import full_rank_fraction as full_rank_fraction
from ..probability.full_rank.one_dimensional import full_rank_fraction_1d as full_rank_fraction_1d
from ..probability.full_rank.random_data import full_rank_fraction_random_data as full_rank_fraction_random_data
from ..probability.full_rank.random_regions import (
    full_rank_fraction_random_regions as full_rank_fraction_random_regions,
)
from ..probability.promises_beside_truth import promises_beside_truth as promises_beside_truth
from ..probability.zero_loss.line_share import zero_loss_fraction_1d as zero_loss_fraction_1d
from ..probability.zero_loss.share import zero_loss_fraction as zero_loss_fraction
from .along import rank_along as rank_along
from .deep import deep_rank as deep_rank
from .lemma_1 import loss_bound as loss_bound
from .matrix import jacobian as jacobian
from .matrix import jacobian_gram as jacobian_gram
from .on_device import batched_full_rank as batched_full_rank
from .rank import jacobian_rank as jacobian_rank
from .rank import rank_verdicts as rank_verdicts
from .zero_loss.decision import zero_loss as zero_loss
