"""Many arrays passed to a kernel as one pointer.

Numba passes a named tuple of a hundred arrays as a thousand arguments and counts references on each of them
at each call, which costs microseconds an event. A `Columns` value holds its arrays as attributes, as a named
tuple would, but reaches compiled code as the address of a small table of addresses. Its arrays are neither
counted nor resized there; the Python object keeps them alive for the length of the call.
"""

from __future__ import annotations

from typing import Any, ClassVar

from channelsim import compiled  # noqa: F401  (names the cache folder before Numba is imported)

# isort: split
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.imputils import lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import NativeValue, models, register_model, typeof_impl, unbox
from numba.np.arrayobj import make_array, populate_array


class Columns:
    """Base of values whose annotated attributes are one-dimensional arrays (or lists, in plain Python)."""

    names: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        cls.names = tuple(name for name in cls.__annotations__ if name not in ("names", "address"))

    def __init__(self, **columns: Any) -> None:
        missing = set(self.names) ^ set(columns)
        if missing:
            raise TypeError(f"{type(self).__name__}: columns missing or unknown: {sorted(missing)}")
        for name in self.names:
            setattr(self, name, columns[name])
        self._addresses: np.ndarray | None = None
        self._type: Any = None

    def __iter__(self) -> Any:
        return (getattr(self, name) for name in self.names)

    def replaced(self, **columns: Any) -> Any:
        """The same value with some columns exchanged."""
        return type(self)(**{name: columns.get(name, getattr(self, name)) for name in self.names})

    @property
    def address(self) -> int:
        """Address of the table (address of column, length) that compiled code reads."""
        if self._addresses is None:
            rows = [(getattr(self, name).ctypes.data, len(getattr(self, name))) for name in self.names]
            self._addresses = np.array(rows, np.int64)
        return int(self._addresses.ctypes.data)

    def numba_type(self) -> ColumnsType:
        """The compiled type: names and element types of the columns."""
        if self._type is None:
            kinds = []
            for name in self.names:
                column = getattr(self, name)
                if not (isinstance(column, np.ndarray) and column.ndim == 1 and column.flags.c_contiguous):
                    raise TypeError(f"{type(self).__name__}.{name} must be a contiguous one-dimensional array")
                kinds.append("i8" if column.dtype == np.int64 else "f8" if column.dtype == np.float64 else "?")
                if kinds[-1] == "?":
                    raise TypeError(f"{type(self).__name__}.{name} must hold int64 or float64, not {column.dtype}")
            self._type = ColumnsType(type(self).__name__, self.names, tuple(kinds))
        return self._type  # type: ignore[no-any-return]


class ColumnsType(types.Type):
    """Numba's view of a Columns value."""

    def __init__(self, of: str, names: tuple[str, ...], kinds: tuple[str, ...]) -> None:
        self.columns = dict(zip(names, kinds, strict=True))
        self.order = {name: i for i, name in enumerate(names)}
        super().__init__(name=f"{of}({', '.join(f'{n}: {k}' for n, k in self.columns.items())})")

    def array_type(self, name: str) -> Any:
        """The type of one column."""
        return types.Array(types.int64 if self.columns[name] == "i8" else types.float64, 1, "C")


@register_model(ColumnsType)
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
        return kind.array_type(name) if name in kind.columns else None


@lower_getattr_generic(ColumnsType)  # type: ignore[untyped-decorator]
def _get(context: Any, builder: Any, kind: ColumnsType, value: Any, name: str) -> Any:
    array_type = kind.array_type(name)
    word = ir.IntType(64)
    table = builder.inttoptr(value, word.as_pointer())
    row = 2 * kind.order[name]
    address = builder.load(builder.gep(table, [ir.Constant(ir.IntType(32), row)]))
    length = builder.load(builder.gep(table, [ir.Constant(ir.IntType(32), row + 1)]))
    for load in (address, length):  # the table never changes while a kernel runs
        load.set_metadata("invariant.load", builder.module.add_metadata([]))
    array = make_array(array_type)(context, builder)
    size = context.get_constant(types.intp, 8)
    populate_array(array, data=builder.inttoptr(address, array.data.type), shape=[length], strides=[size], itemsize=size, meminfo=None)
    return array._getvalue()
