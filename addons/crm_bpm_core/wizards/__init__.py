from . import base_partner_merge
from . import crm_call_result
from . import crm_nightly_preview
from . import crm_recession_backtest
from . import crm_transaction_import
from . import crm_transaction_import_column
from . import bpm_regulation_use
