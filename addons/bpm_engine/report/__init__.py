from . import bpm_percentile_mixin
from . import bpm_cycle_report
from . import bpm_task_report
