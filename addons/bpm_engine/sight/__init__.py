"""How a process ran, told from its diagram and its history; no database needed."""

from .flow_map import FlowMap
from .story import Story

__all__ = ["FlowMap", "Story"]
