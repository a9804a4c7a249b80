"""A cell's text is defined once: both ways of joining cells give the same bytes, and so does every database."""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from both_ways import FIELDS, Anything, cells_table, connected, fill, read
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Boolean, Date, DateTime, Float, Integer, Numeric, String, Text, literal_column
from sqlalchemy.dialects import postgresql as pg

slow_to_make = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
