"""Many arrays passed to a kernel as one pointer.

Numba passes a named tuple of a hundred arrays as a thousand arguments and counts references on each of them
at each call, which costs microseconds an event. A `Columns` value holds its arrays as attributes, as a named
tuple would, but reaches compiled code as the address of a small table of addresses. Its arrays are neither
counted nor resized there; the Python object keeps them alive for the length of the call.

An element is one load: no bounds, no negative indices (CHANNELSIM_CHECK_BOUNDS=1 compiles kernels that check them).
Kernels are also told what they may rely on: columns of one value never overlap, and those of a `fixed` value never
change, so what was read stays in registers.
`traits` are integers known when a kernel is compiled, so code for what a world lacks is not in its kernel.
`functions` are compiled functions with a digest of their own: it is part of the type, so a kernel is kept for each of them.
"""

from __future__ import annotations

import hashlib
import operator
from typing import Any, ClassVar

from channelsim import compiled  # names the cache folder before Numba is imported

# isort: split
import numpy as np
from llvmlite import ir
from numba import typeof
from numba.core import cgutils, types
from numba.core.imputils import lower_builtin, lower_getattr_generic
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_getattr, infer_global, signature
from numba.extending import NativeValue, intrinsic, models, overload, register_model, typeof_impl, unbox

STORED = (np.int64, np.int32, np.float64)


class Columns:
    """Base of values whose annotated attributes are one-dimensional arrays (or lists, in plain Python).

    A column of int32 takes half the room; its elements are 64 bits wide in compiled code.
    """

    names: ClassVar[tuple[str, ...]] = ()
    traits: ClassVar[tuple[str, ...]] = ()
    functions: ClassVar[tuple[str, ...]] = ()
    fixed: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        no_columns = ("names", "traits", "functions", "fixed", *cls.traits, *cls.functions)
        cls.names = tuple(name for name in cls.__annotations__ if name not in no_columns)

    def __init__(self, **values: Any) -> None:
        wrong = {*self.names, *self.traits, *self.functions} ^ set(values)
        if wrong:
            raise TypeError(f"{type(self).__name__}: columns missing or unknown: {sorted(wrong)}")
        for name, value in values.items():
            setattr(self, name, value)
        self._addresses: np.ndarray | None = None
        self._type: Any = None

    def __iter__(self) -> Any:
        return (getattr(self, name) for name in self.names)

    def replaced(self, **values: Any) -> Any:
        """The same value with some columns exchanged."""
        return type(self)(**{name: values.get(name, getattr(self, name)) for name in (*self.names, *self.traits, *self.functions)})

    @property
    def address(self) -> int:
        """Address of the table (address of column, length) that compiled code reads."""
        if self._addresses is None:
            rows = [(getattr(self, name).ctypes.data, len(getattr(self, name))) for name in self.names]
            self._addresses = np.array(rows, np.int64)
        return int(self._addresses.ctypes.data)

    def numba_type(self) -> ColumnsType:
        """The compiled type: names and element types of the columns, and the traits."""
        if self._type is None:
            kinds = []
            for name in self.names:
                column = getattr(self, name)
                if not (isinstance(column, np.ndarray) and column.ndim == 1 and column.flags.c_contiguous):
                    raise TypeError(f"{type(self).__name__}.{name} must be a contiguous one-dimensional array")
                if column.dtype not in STORED:
                    raise TypeError(f"{type(self).__name__}.{name} must hold int64, int32 or float64, not {column.dtype}")
                kinds.append(column.dtype.str[1:])
            traits = tuple((name, int(getattr(self, name))) for name in self.traits)
            functions = tuple((name, _known_as(getattr(self, name))) for name in self.functions)
            self._type = ColumnsType(type(self).__name__, self.names, tuple(kinds), traits, self.fixed, functions)
        return self._type  # type: ignore[no-any-return]


_FUNCTIONS: dict[str, Any] = {}  # digest -> compiled function, for the compiler


def _known_as(function: Any) -> str:
    """The digest by which a kernel's type knows a function that was given to it."""
    _FUNCTIONS.setdefault(function.digest, function.compiled)
    return str(function.digest)


class ColumnsType(types.Type):
    """Numba's view of a Columns value."""

    def __init__(
        self, of: str, names: tuple[str, ...], kinds: tuple[str, ...], traits: tuple[tuple[str, int], ...], fixed: bool,
        functions: tuple[tuple[str, str], ...] = (),
    ) -> None:  # fmt: skip
        self.of, self.fixed = of, fixed
        self.columns = dict(zip(names, kinds, strict=True))
        self.order = {name: i for i, name in enumerate(names)}
        self.traits = dict(traits)
        self.functions = dict(functions)
        inside = repr((names, kinds, traits, fixed, functions))
        super().__init__(name=f"{of}-{hashlib.sha256(inside.encode()).hexdigest()[:16]}")  # short: it is in every symbol


class ColumnType(types.Type):
    """Numba's view of one column: the address of its row (address of the data, length)."""

    def __init__(self, of: ColumnsType, column: str) -> None:
        self.of, self.column = of, column
        self.element = types.float64 if of.columns[column] == "f8" else types.int64
        self.stored = types.int32 if of.columns[column] == "i4" else self.element
        super().__init__(name=f"{of.name}.{column}")


@register_model(ColumnsType)
@register_model(ColumnType)
class _Pointer(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, ir.IntType(64))


@typeof_impl.register(Columns)
def _typeof(value: Columns, _context: Any) -> ColumnsType:
    return value.numba_type()


@unbox(ColumnsType)  # type: ignore[untyped-decorator]
def _unbox(_kind: Any, value: Any, c: Any) -> NativeValue:
    number = c.pyapi.object_getattr_string(value, "address")
    address = c.pyapi.long_as_longlong(number)
    c.pyapi.decref(number)
    return NativeValue(address, is_error=cgutils.is_not_null(c.builder, c.pyapi.err_occurred()))


@infer_getattr
class _Attributes(AttributeTemplate):
    key = ColumnsType

    def generic_resolve(self, kind: ColumnsType, name: str) -> Any:  # type: ignore[override]
        if name in kind.traits:
            return types.int64
        if name in kind.functions:
            return typeof(_FUNCTIONS[kind.functions[name]])
        return ColumnType(kind, name) if name in kind.columns else None


@lower_getattr_generic(ColumnsType)  # type: ignore[untyped-decorator]
def _get(context: Any, builder: Any, kind: ColumnsType, value: Any, name: str) -> Any:
    if name in kind.traits:
        return context.get_constant(types.int64, kind.traits[name])
    if name in kind.functions:
        return context.get_dummy_value()  # which function it is says its type
    return builder.add(value, ir.Constant(ir.IntType(64), 16 * kind.order[name]))


@infer_global(operator.getitem)
class _GetItem(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        if isinstance(args[0], ColumnType) and isinstance(args[1], types.Integer):
            return signature(args[0].element, args[0], types.int64)
        return None


@infer_global(operator.setitem)
class _SetItem(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        if isinstance(args[0], ColumnType) and isinstance(args[1], types.Integer):
            return signature(types.none, args[0], types.int64, args[0].element)
        return None


@infer_global(len)
class _Len(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        return signature(types.int64, *args) if isinstance(args[0], ColumnType) else None


def _word(builder: Any, address: Any, offset: int) -> Any:
    """A word of the table of addresses, which never changes while a kernel runs."""
    pointer = builder.inttoptr(builder.add(address, ir.Constant(ir.IntType(64), offset)), ir.IntType(64).as_pointer())
    load = builder.load(pointer)
    load.set_metadata("invariant.load", builder.module.add_metadata([]))
    return load


def _element(context: Any, builder: Any, kind: ColumnType, row: Any, index: Any) -> Any:
    """Pointer to one element of a column."""
    if compiled.CHECKS_BOUNDS:
        outside = builder.icmp_unsigned(">=", index, _word(builder, row, 8))
        with builder.if_then(outside, likely=False):
            context.call_conv.return_user_exc(builder, IndexError, (f"{kind.of.of}.{kind.column}: index out of bounds",))
    data = builder.inttoptr(_word(builder, row, 0), context.get_data_type(kind.stored).as_pointer())
    return builder.gep(data, [index], inbounds=True)


def _alias(builder: Any, kind: ColumnType, instruction: Any) -> None:
    """Say that this column overlaps no other column of its value."""
    module, of = builder.module, kind.of
    domain = module.add_metadata([f"channelsim {of.of}"])
    scopes = {name: module.add_metadata([f"{of.of}.{name}", domain]) for name in of.columns}
    instruction.set_metadata("alias.scope", module.add_metadata([scopes[kind.column]]))
    instruction.set_metadata("noalias", module.add_metadata([s for name, s in scopes.items() if name != kind.column]))


@lower_builtin(operator.getitem, ColumnType, types.int64)  # type: ignore[untyped-decorator]
def _getitem(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    load = builder.load(_element(context, builder, sig.args[0], *args))
    if sig.args[0].of.fixed:
        load.set_metadata("invariant.load", builder.module.add_metadata([]))
    else:
        _alias(builder, sig.args[0], load)
    return context.cast(builder, load, sig.args[0].stored, sig.args[0].element)


@lower_builtin(operator.setitem, ColumnType, types.int64, types.Any)  # type: ignore[untyped-decorator]
def _setitem(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    value = context.cast(builder, args[2], sig.args[0].element, sig.args[0].stored)
    store = builder.store(value, _element(context, builder, sig.args[0], *args[:2]))
    _alias(builder, sig.args[0], store)
    return context.get_dummy_value()


@lower_builtin(len, ColumnType)  # type: ignore[untyped-decorator]
def _len(_context: Any, builder: Any, _sig: Any, args: Any) -> Any:
    return _word(builder, args[0], 8)


@intrinsic
def fetch_early(_context: Any, column: Any, index: Any) -> Any:
    """Ask the memory for the line of an element that will be needed soon; nothing else happens."""
    if not isinstance(column, ColumnType):
        return None

    def fetch(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        data = builder.inttoptr(_word(builder, args[0], 0), context.get_data_type(sig.args[0].stored).as_pointer())
        place = builder.bitcast(builder.gep(data, [args[1]]), ir.IntType(8).as_pointer())
        word = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [place.type, word, word, word])
        prefetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(prefetch, [place, word(0), word(3), word(1)])  # for reading, to be kept near, data
        return context.get_dummy_value()

    return types.void(column, types.int64), fetch


@intrinsic
def _stays_apart(_context: Any) -> Any:
    def mark(context: Any, builder: Any, _sig: Any, _args: Any) -> Any:
        if "alwaysinline" not in builder.function.attributes:
            builder.function.attributes.add("noinline")
        return context.get_dummy_value()

    return types.void(), mark


@overload(compiled.apart, inline="always")
def _apart() -> Any:
    return lambda: _stays_apart()  # type: ignore[call-arg]  # Numba adds the context; it needs a function
