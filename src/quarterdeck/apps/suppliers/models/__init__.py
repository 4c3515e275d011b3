"""Suppliers, their contracts, what they promised, how they kept it."""

from quarterdeck.apps.suppliers.models.breaches import BreachCase, NoticeTemplate
from quarterdeck.apps.suppliers.models.contracts import Contract, ContractProject, Obligation
from quarterdeck.apps.suppliers.models.engagement import ScorecardWeight, SupplierContact
from quarterdeck.apps.suppliers.models.levels import CreditTier, ServiceLevel, ServicePause, ServiceRecord
from quarterdeck.apps.suppliers.models.stock import (
    MaterialRequirement,
    StockCategory,
    StockItem,
    StockLevel,
    StockLocation,
    StockMovement,
)
from quarterdeck.apps.suppliers.models.suppliers import Supplier, SupplierCategory, SupplierPerson, SupplierUse

__all__ = [
    "BreachCase",
    "Contract",
    "ContractProject",
    "CreditTier",
    "MaterialRequirement",
    "NoticeTemplate",
    "Obligation",
    "ScorecardWeight",
    "ServiceLevel",
    "ServicePause",
    "ServiceRecord",
    "StockCategory",
    "StockItem",
    "StockLevel",
    "StockLocation",
    "StockMovement",
    "Supplier",
    "SupplierCategory",
    "SupplierContact",
    "SupplierPerson",
    "SupplierUse",
]
