from ..problem.references import affine_fit as affine_fit
from ..problem.references import constant_fit as constant_fit
from .infimum import logistic_infimum as logistic_infimum
from .many import BasinEvaluator as BasinEvaluator
from .many import basin_values as basin_values
from .result import Basin as Basin
from .value import basin_value as basin_value
