from .assemble import certify_model as certify_model
from .assemble import explain as explain
from .result import Explanation as Explanation
from .result import ModelReport as ModelReport
