from . import cash_board
from . import portal
