from .batch import Batch as Batch
from .ends import sharpen as sharpen
from .held_out import held_out as held_out
from .hops import hopped as hopped
from .plan import Plan as Plan
from .result import Training as Training
from .result import Traps as Traps
from .runs import train as train
