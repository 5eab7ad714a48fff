from ...stories.page.loss_line import draw_loss_line as draw_loss_line
from ...stories.page.width_curve import draw_width_curve as draw_width_curve
from .basin_histogram import draw_basin_histogram as draw_basin_histogram
from .disconnectivity import draw_disconnectivity as draw_disconnectivity
from .fan import draw_fan as draw_fan
from .plane_landscape import draw_plane_landscape as draw_plane_landscape
from .weight_slice import draw_weight_slice as draw_weight_slice
