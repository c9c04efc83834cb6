from . import (
    account_payment_register,
    crm_contract_check,
    crm_contract_payment_remark,
    crm_contract_preview,
    crm_contract_revise,
    crm_contract_sign,
    crm_contract_takeover,
    crm_reconciliation,
)
from . import crm_payer_discipline_override
