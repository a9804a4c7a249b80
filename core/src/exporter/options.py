"""Options and filters: one attrs class gives flags, JSON Schema, forms and the manual's tables.

An author writes the class once:

    @attrs.frozen
    class Options:
        core: str = option(default="event", choices=("event", "occurrence"), help="Which record is the core")

and everything that a user may say enters through `structure()`, which refuses what it does not know.
"""

from __future__ import annotations

import datetime as dt
import os
import types
import typing
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

import attrs

from exporter.errors import InputError, did_you_mean, nearest

_META = "exporter"
T = TypeVar("T")


@attrs.frozen
class OptionInfo:
    """What `option()` was told, beside the type and the default that attrs keeps.

    :param help: one line for people.
    :param choices: the only values allowed, or empty.
    :param minimum: the smallest number allowed, or None.
    :param maximum: the largest number allowed, or None.
    :param check: whether it is for the check of a finished file alone: `exporter check` takes it, too, and a preview refuses it.
    """

    help: str
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    check: bool = False


def option(
    *,
    help: str,
    default: Any = attrs.NOTHING,
    choices: tuple[str, ...] = (),
    minimum: float | None = None,
    maximum: float | None = None,
    check: bool = False,
) -> Any:
    """A field of an Options or Filters class. Without a default it must be given. `OptionInfo` says what each word means."""
    info = OptionInfo(help, tuple(choices), minimum, maximum, check)
    return attrs.field(default=default, kw_only=True, metadata={_META: info})


@attrs.frozen
class OptionField:
    """One option as the faces need it: its name, its type without None, whether it repeats, its default."""

    name: str
    type: Any
    optional: bool
    many: bool
    default: Any
    info: OptionInfo

    @property
    def flag(self) -> str:
        """The name on the command line."""
        return self.name.replace("_", "-")

    @property
    def type_name(self) -> str:
        """The type as the manual and the messages write it."""
        if self.info.choices:
            return "|".join(self.info.choices)
        if isinstance(self.type, tuple):
            return ",".join(_NAMES[t] for t in self.type)
        return _NAMES[self.type]


_NAMES = {str: "text", int: "integer", float: "number", bool: "boolean", dt.date: "date", Path: "path"}


def fields(cls: type[Any]) -> dict[str, OptionField]:
    """The options of `cls` by name, in the order they were written."""
    hints = typing.get_type_hints(cls)
    return {a.name: _field(a, hints[a.name]) for a in attrs.fields(cls) if _META in a.metadata}


def _field(attribute: attrs.Attribute[Any], hint: Any) -> OptionField:
    inner, optional = _without_none(hint)
    arguments = typing.get_args(inner)
    many = typing.get_origin(inner) is tuple and arguments[-1] is Ellipsis
    kind = arguments[0] if many else (arguments or inner)
    for each in kind if isinstance(kind, tuple) else (kind,):
        if each not in _NAMES:
            raise TypeError(f"option '{attribute.name}': {each!r} is not a type that options may have")
    return OptionField(attribute.name, kind, optional, many, attribute.default, attribute.metadata[_META])


def _without_none(hint: Any) -> tuple[Any, bool]:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        rest = [a for a in typing.get_args(hint) if a is not type(None)]
        return rest[0], True
    return hint, False


def structure(cls: type[T], data: Mapping[str, Any], *, what: str = "option") -> T:
    """An instance of `cls` from what a user, a file or an API gave; texts are read as the field's type.

    :param data: values by name; a dash in a name counts as an underscore.
    :param what: the word for one field in messages, such as 'filter'.
    :raises InputError: for an unknown name, a missing one, or a value that does not fit; the known ones are named.
    """
    known = fields(cls)
    given = {k.replace("-", "_"): v for k, v in data.items()}
    for name in given:
        if name not in known:
            raise InputError(f"There is no {what} '{name}'. {did_you_mean(name, known)}".rstrip())
    for name, spec in known.items():
        if name not in given and spec.default is attrs.NOTHING:
            raise InputError(f"The {what} '{name}' is required ({spec.type_name}): {spec.info.help}.")
    values = {n: _value(known[n], v, what) for n, v in given.items()}
    return _build(cls, values)


def refuse_unread(cls: type[Any], data: Mapping[str, Any], whom: str, *, check: bool) -> None:
    """Refuse the options that nobody would read: a check reads those that are for checks, who makes no check reads all others.

    :param whom: who would not read them, in words; :param check: whether that is a check.
    :raises InputError: naming the option. Unknown names are left to `structure()`.
    """
    given = {name.replace("-", "_") for name, value in data.items() if value is not None}
    for name, spec in fields(cls).items():
        if name in given and spec.info.check != check:
            hint = "Give it to a run." if check else "Give it to a run that checks what it has made, or to a check."
            raise InputError(f"The option '{name}' says nothing to {whom}.", hint=hint)


def _build(cls: type[T], values: dict[str, Any]) -> T:
    from cattrs import Converter

    converter = Converter(forbid_extra_keys=True, detailed_validation=False)
    converter.register_structure_hook_func(lambda t: not attrs.has(t), lambda value, _: value)
    return converter.structure(values, cls)


def _value(spec: OptionField, value: Any, what: str) -> Any:
    if value is None and spec.optional:
        return None
    try:
        if spec.many:
            items = value if isinstance(value, list | tuple) else [value]
            return tuple(_one(spec, spec.type, item) for item in items)
        if isinstance(spec.type, tuple):
            return _several(spec, value)
        if isinstance(value, list | tuple):
            raise TypeError("one value, not several")
        return _one(spec, spec.type, value)
    except (ValueError, TypeError) as error:
        reason = f" ({error})" if str(error) else ""
        raise InputError(f"The {what} '{spec.name}' takes {spec.type_name}, not {value!r}{reason}.") from None


def _several(spec: OptionField, value: Any) -> tuple[Any, ...]:
    items = value.split(",") if isinstance(value, str) else list(value)
    if len(items) != len(spec.type):
        raise ValueError(f"{len(spec.type)} values, separated by commas")
    return tuple(_one(spec, kind, item) for kind, item in zip(spec.type, items, strict=True))


def _one(spec: OptionField, kind: type[Any], value: Any) -> Any:
    result = _READ[kind](value)
    info = spec.info
    if info.choices and result not in info.choices:
        raise ValueError(nearest(str(result), info.choices))
    if info.minimum is not None and result < info.minimum:
        raise ValueError(f"at least {info.minimum:g}")
    if info.maximum is not None and result > info.maximum:
        raise ValueError(f"at most {info.maximum:g}")
    return result


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError("not a text")
    return str(value)


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError("not an integer")
    try:
        return int(value)
    except ValueError:
        raise ValueError("not an integer") from None


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError("not a number")
    try:
        number = float(value)
    except ValueError:
        raise ValueError("not a number") from None
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError("not a finite number")
    return number


def _boolean(value: Any) -> bool:
    words = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in words:
        return words[value.lower()]
    raise ValueError("true or false")


def _date(value: Any) -> dt.date:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    try:
        return dt.date.fromisoformat(value)
    except (ValueError, TypeError):
        raise ValueError("such as 2024-06-30") from None


def _path(value: Any) -> Path:
    return value if isinstance(value, Path) else Path(_text(value))


_READ: dict[Any, Callable[[Any], Any]] = {
    str: _text, int: _integer, float: _number, bool: _boolean, dt.date: _date, Path: _path,
}  # fmt: skip


def unstructure(value: Any) -> dict[str, Any]:
    """The options as plain data (texts, numbers, lists): what `structure()` reads back, without what was left at None.

    But a path that is no UTF-8 has U+FFFD in its place: JSON cannot hold it.
    """
    plain = {name: _plain(getattr(value, name)) for name in fields(type(value))}
    return {k: v for k, v in plain.items() if v is not None and v != []}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    if isinstance(value, Path):
        return os.fsencode(value).decode("utf-8", "replace")
    return value.isoformat() if isinstance(value, dt.date) else value


def given(value: Any) -> dict[str, Any]:
    """The same without what stands at its default."""
    defaults = {name: _plain(spec.default) for name, spec in fields(type(value)).items()}
    return {name: plain for name, plain in unstructure(value).items() if plain != defaults[name]}


_JSON = {str: "string", int: "integer", float: "number", bool: "boolean", dt.date: "string", Path: "string"}


def json_schema(cls: type[Any]) -> dict[str, Any]:
    """The JSON Schema (2020-12) of an Options or Filters class, closed to unknown names."""
    known = fields(cls)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _property(spec) for name, spec in known.items()},
        "required": [name for name, spec in known.items() if spec.default is attrs.NOTHING],
    }


def _property(spec: OptionField) -> dict[str, Any]:
    if isinstance(spec.type, tuple):
        schema: dict[str, Any] = {"type": "array", "prefixItems": [_scalar(t) for t in spec.type], "items": False,
                                  "minItems": len(spec.type)}  # fmt: skip
    else:
        schema = _scalar(spec.type) | _limits(spec.info)
    if spec.many:
        schema = {"type": "array", "items": schema}
    schema["description"] = spec.info.help
    if spec.default is not attrs.NOTHING and spec.default is not None:
        schema["default"] = _plain(spec.default)
    return schema


def _scalar(kind: Any) -> dict[str, Any]:
    return {"type": _JSON[kind]} | ({"format": "date"} if kind is dt.date else {})


def _limits(info: OptionInfo) -> dict[str, Any]:
    limits = {"enum": list(info.choices) or None, "minimum": info.minimum, "maximum": info.maximum}
    return {k: v for k, v in limits.items() if v is not None}


def combine(name: str, *classes: type[Any], extra: Mapping[str, Any] | None = None) -> type[Any]:
    """One options class with the fields of all `classes` and `extra` (`option()` fields with a `type` in their annotation)."""
    return cast("type[Any]", attrs.make_class(name, dict(extra or {}), bases=classes or (object,), frozen=True))
