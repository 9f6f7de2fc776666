"""How the functions of a kernel become machine code: once, as parts of the kernel that calls them.

Numba makes machine code of every function by itself, together with a copy of all that it calls: the time grows with
the square of a kernel's depth, for code that nobody ever calls. Here a function that only kernels call stays
intermediate code; the kernel links all of them in, keeps them to itself, and is optimised once as a whole. As nobody
else can see them, the compiler may also drop arguments and checks of errors that cannot happen.

These are the inner parts of one version of Numba; `tests/world/test_linking.py` notices when they change.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from numba.core import types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder, _LowerResult
from numba.core.compiler_machinery import register_pass
from numba.core.registry import CPUDispatcher
from numba.core.typed_passes import NativeLowering


class _Linked(JITCodeLibrary):
    """A library that knows all that it calls, directly or not."""

    def __init__(self, codegen: Any, name: str) -> None:
        super().__init__(codegen, name)
        self.enable_object_caching()

    def add_linking_library(self, library: Any) -> None:
        library._ensure_finalized()
        through = library._linking_libraries if isinstance(library, _Part) else []
        self._linking_libraries += [called for called in (library, *through) if called not in self._linking_libraries]


class _Part(_Linked):
    """Intermediate code of a function that only kernels call: neither optimised as a whole nor executable."""

    def finalize(self) -> None:
        self._finalized = True

    def _get_module_for_linking(self) -> Any:
        return self._final_module  # each kernel takes each part once, so that nothing needs to be merged


class _Kernel(_Linked):
    """A kernel with all that it calls, which nobody else can see."""

    def finalize(self) -> None:
        self._own = {function.name for function in self._final_module.functions if not function.is_declaration}
        self._linking_libraries.sort(key=lambda library: not isinstance(library, _Part))  # others come only where they are called
        super().finalize()

    def _optimize_final_module(self) -> None:
        for function in self._final_module.functions:
            if not function.is_declaration and function.name not in self._own:
                function.linkage = "internal"
        super()._optimize_final_module()


@register_pass(mutates_CFG=True, analysis_only=False)
class _KernelLowering(NativeLowering):
    _name = "channelsim_kernel_lowering"

    def run_pass(self, state: Any) -> bool:
        state.library = _Kernel(state.targetctx.codegen(), state.func_id.func_qualname)
        return bool(super().run_pass(state))


@register_pass(mutates_CFG=True, analysis_only=False)
class _PartLowering(NativeLowering):
    _name = "channelsim_part_lowering"

    def run_pass(self, state: Any) -> bool:
        state.library = _Part(state.targetctx.codegen(), state.func_id.func_qualname)
        flags = state.flags
        flags.no_cpython_wrapper = flags.no_cfunc_wrapper = flags.no_compile = True
        super().run_pass(state)
        lowered = state["cr"]

        def stands_for_this_part() -> None:  # Numba finds a part by the identity of what would be called
            raise TypeError(f"{lowered.fndesc.qualname} is part of a kernel")

        state.targetctx.insert_user_function(stands_for_this_part, lowered.fndesc, [state.library])
        state["cr"] = _LowerResult(lowered.fndesc, lowered.call_helper, cfunc=stands_for_this_part, env=lowered.env)
        return True


@cache
def _pipeline(lowering: type) -> type:
    """Numba's way of compiling, with another last step."""

    class Compiler(CompilerBase):
        def define_pipelines(self) -> list[Any]:
            passes = DefaultPassBuilder.define_nopython_pipeline(self.state)
            passes.passes = [(lowering, text) if kind is NativeLowering else (kind, text) for kind, text in passes.passes]
            passes._finalized = False
            passes.finalize()
            return [passes]

    return Compiler


class _Once(CPUDispatcher):
    """Compiles a function once for a kind of argument, whatever constants it is called with."""

    def get_call_template(self, args: Any, kws: Any) -> Any:
        return super().get_call_template(
            [types.unliteral(kind) for kind in args], {name: types.unliteral(kind) for name, kind in kws.items()}
        )


class _PartOf(_Once):
    """Compiles a function for the kernels that call it; Python cannot call it."""

    def add_overload(self, cres: Any) -> None:
        self.overloads[tuple(cres.signature.args)] = cres

    def _compile_for_args(self, *_args: Any, **_kws: Any) -> Any:
        raise TypeError(f"{self.py_func.__name__} is part of a kernel: call its plain form, or mark it as a kernel")


def part(body: Callable[..., Any], **options: Any) -> Any:
    """A function that only kernels call."""
    return _PartOf(py_func=body, targetoptions={"nopython": True, **options}, pipeline_class=_pipeline(_PartLowering))


def kernel(body: Callable[..., Any], **options: Any) -> Any:
    """A function that Python calls, kept in Numba's cache with all that it calls."""
    function = _Once(py_func=body, targetoptions={"nopython": True, **options}, pipeline_class=_pipeline(_KernelLowering))
    function.enable_caching()
    return function
