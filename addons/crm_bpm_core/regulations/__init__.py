"""Ready stage regulations of sales, in the words of the businesses they come from.

One file per business; what the keys mean: bpm.regulation.template._get_contents.
"""

from . import chain_sale, equipment_sale, goods_lead, goods_order, programmes, tender_sale

CONTENTS = {
    "tender_sale": tender_sale.SALE,
    "chain_sale": chain_sale.SALE,
    "equipment_sale": equipment_sale.SALE,
    "programme_short": programmes.SHORT,
    "programme_long": programmes.LONG,
    "programme_newsletter": programmes.NEWSLETTER,
    "programme_sale": programmes.SALE,
    "goods_lead": goods_lead.LEAD,
    "goods_order": goods_order.ORDER,
}
