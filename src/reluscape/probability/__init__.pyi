from .good_basin.curve import good_basin_curve as good_basin_curve
from .good_basin.distribution import basin_value_distribution as basin_value_distribution
from .good_basin.good_basin import good_basin_probability as good_basin_probability
from .sampling import BasinSampler as BasinSampler
