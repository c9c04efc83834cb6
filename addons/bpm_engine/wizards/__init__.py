from . import base_partner_merge
from . import bpm_template_use
from . import bpm_regulation_use
from . import bpm_compare
from . import bpm_proposal_decline
from . import bpm_publish
from . import bpm_task_delegate
from . import bpm_reason
