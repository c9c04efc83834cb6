from . import test_life_cycle
from . import test_monitoring
from . import test_monitoring_date
from . import test_nights
from . import test_promotion
