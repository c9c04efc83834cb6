from . import (
    crm_contract_check,
    crm_contract_payment_remark,
    crm_contract_revise,
    crm_contract_sign,
)
from . import crm_payer_discipline_override
