from . import test_recession_access
from . import test_recession_outcome
from . import test_recession_score
from . import test_recession_sensitivity
from . import test_recession_silence
from . import test_recession_switch_on
from . import test_recession_volume
