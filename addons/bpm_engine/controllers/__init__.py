from . import bpm_version
from . import xes
from . import webclient
