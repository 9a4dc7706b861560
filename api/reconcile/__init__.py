"""The reconciliation service, after the Reconciliation Service API 0.2: what OpenRefine matches its cells against."""

from api.reconcile.service import router

__all__ = ["router"]
