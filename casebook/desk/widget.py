"""The desk in a notebook: a table to type in, the answer beside it, the memo, the files.

Every key that is pressed is checked at once; the answer follows when the reader pauses. A page of
the answer is made when it is looked at: a memo takes seconds. No Output widget is used: its content
is not compared when the notebooks are tested.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any

from .. import memo
from ..cases import NAMES
from ..clientfile import ClientFileError
from ..memo import Head, Memo
from ..models import model
from ..shape import Record, SingleRun, Value
from . import asked, files, show
from .client import Client, groups, opened, said

#: Seconds without a key before the answer is computed.
PAUSE = 0.6
PAGES = ("numbers", "figures", "memo", "files")
#: The fields above the memo.
HEAD = ("client", "about", "reference", "date")


class Desk:
    """The desk: one client of each case, the book's until it is changed.

    `changes` are laid over the book's client of `case` at the start. In a notebook the last line
    of a cell shows it; cells below ask it: `record`, `run`, `figure`, `beside`, `even`.
    """

    def __init__(
        self, case: str = "problem", record: Record | None = None, **changes: Value
    ) -> None:
        if case not in NAMES:
            raise KeyError(f"there is no case {case!r}; allowed: {', '.join(NAMES)}")
        record = (record or model(case).assumptions()).replace(**changes)
        self.clients = {case: Client(case, record)}
        self.case = case
        self.controls: Controls | None = None

    @property
    def client(self) -> Client:
        """The client that is in view."""
        return self.clients[self.case]

    @property
    def record(self) -> Record:
        """The assumptions of the last good answer."""
        return self.client.record

    @property
    def run(self) -> SingleRun[Any]:
        """The last good answer."""
        return self.client.run

    def choose(self, case: str) -> Client:
        """Go to the client of another case; the one that is left stays as it is."""
        if case not in self.clients:
            self.clients[case] = Client(case)
        self.case = case
        return self.client

    def open(self, content: bytes, name: str) -> None:
        """Take the client in a file; ClientFileError says what is wrong, and nothing is changed."""
        file = opened(content, name)
        if file.case not in NAMES:
            raise ClientFileError([said("status.no_case", name=name, case=file.case)])
        client = self.clients.get(file.case) or Client(file.case)
        try:
            client.take(file.record, file.notes)
        except ValueError as error:
            raise ClientFileError([f"{name}: {error}"]) from None
        self.clients[file.case], self.case = client, file.case

    def figure(self, name: str | None = None) -> Any:
        """A figure of the last good answer, that of the explorer where none is named."""
        figure = self.client.model.figure
        return figure(self.run, name) if name else figure(self.run)

    def beside(self, metric: str | None = None) -> Any:
        """A DataFrame of what differs from the book's client, see `casebook.desk.asked`."""
        return asked.beside(self.client, metric)

    def even(self, name: str | None = None, question: str | None = None) -> str:
        """The break-even of the case, or another, in sentences, see `casebook.desk.asked`."""
        return "\n".join(asked.even(self.client, name, question))

    def decision(self) -> str:
        """What the memo recommends, in a sentence."""
        return memo.decide(self.run).text

    def widget(self) -> Any:
        """The desk as an ipywidgets box."""
        self.controls = Controls(self)
        return self.controls.box

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle = {"text/html": show.still(self.client), "text/plain": self.decision()}
        try:
            import ipywidgets  # noqa: F401 - without it the still form is all there is
        except ImportError:
            return bundle
        view = self.widget()._repr_mimebundle_()
        return bundle | {k: v for k, v in view.items() if k not in bundle}


class Controls:
    """The widgets of a desk, and what they do."""

    def __init__(self, desk: Desk) -> None:
        import ipywidgets as ipw

        self.ipw, self.desk = ipw, desk
        self.rows: dict[str, Any] = {}
        self.folds: dict[str, tuple[Any, Any, list[str]]] = {}
        #: The page in view, and the run and head that it is of.
        self.shown: tuple[str, Any, Head | None] = ("", None, None)
        #: The last memo, and the run and head that it is of.
        self._memo: tuple[Any, Head, Memo] | None = None
        self._timer: asyncio.TimerHandle | None = None
        titles = [(model(n).assumptions().spec.words["title"], n) for n in NAMES]
        self.case = ipw.Dropdown(
            options=titles, value=desk.case, description=said("case"),
            layout=ipw.Layout(width="28rem", max_width="100%"),
        )  # fmt: skip
        self.file = ipw.FileUpload(
            accept=".toml,.txt,.xlsx", description=said("open"), layout=ipw.Layout(width="auto")
        )
        self.back = ipw.Button(description=said("back"), layout=ipw.Layout(width="auto"))
        self.told, self.status = ipw.HTML(), ipw.HTML()
        self.table = ipw.VBox(
            layout=ipw.Layout(flex="1 1 32rem", min_width="0", max_height="52rem")
        )
        self.table.add_class("cb-desk-table")
        self.page = ipw.ToggleButtons(
            options=[(said(f"pages.{p}"), p) for p in PAGES], style={"button_width": "auto"}
        )  # fmt: skip
        self.head = {
            name: ipw.Text(
                description=said(f"memo.{name}"), style={"description_width": "auto"},
                layout=ipw.Layout(flex="1 1 14rem", width="auto"),
            )
            for name in HEAD
        }  # fmt: skip
        self.fields = ipw.HBox([*self.head.values()], layout=ipw.Layout(flex_flow="row wrap"))
        self.content = ipw.HTML(layout=ipw.Layout(min_width="0"))
        answer = ipw.VBox([self.page, self.fields, self.content])
        answer.layout = ipw.Layout(flex="1 1 30rem", min_width="0")
        place = ipw.HTML(show.paragraphs([said(f"places.{place_of(os.environ)}")]))
        place.add_class("cb-desk-place")
        both = ipw.HBox(
            [self.table, answer], layout=ipw.Layout(flex_flow="row wrap", grid_gap="1rem")
        )
        self.box = ipw.VBox([
            ipw.HTML(show.style(), layout=ipw.Layout(display="none")), place,
            ipw.HBox([self.case, self.file, self.back], layout=ipw.Layout(flex_flow="row wrap")),
            self.told, self.status,
            both,
        ])  # fmt: skip
        self.box.add_class("cb-desk")
        self.case.observe(self._chosen, names="value")
        self.file.observe(self._opened, names="value")
        self.back.on_click(lambda _: self._renewed())
        self.page.observe(lambda _: self.fill(), names="value")
        for field in self.head.values():
            field.observe(lambda _: self._later(), names="value")
        self.renew()

    # the table

    def renew(self) -> None:
        """Show the client in view, row by row; only the parts that are unfolded have rows."""
        for row in self.rows.values():
            row.close()
        self.rows, self.folds = {}, {}
        parts = []
        for k, (title, names) in enumerate(groups(self.desk.client.book).items()):
            fold = self.ipw.ToggleButton(value=k == 0, layout=self.ipw.Layout(width="100%"))
            fold.add_class("cb-desk-fold")
            inner = self.ipw.VBox()
            self.folds[title] = fold, inner, names
            fold.observe(self._folder(title), names="value")
            parts += [fold, inner]
            self._unfold(title)
        self.table.children = [self.ipw.HTML(show.heads()), *parts]
        self.fill()

    def _folder(self, title: str) -> Callable[[Any], None]:
        return lambda _: self._unfold(title)

    def _unfold(self, title: str) -> None:
        """Show or hide the rows of a part."""
        fold, inner, names = self.folds[title]
        if fold.value and not inner.children:
            inner.children = [self._row(name) for name in names]
        inner.layout.display = "" if fold.value else "none"
        self._head(title)

    def _head(self, title: str) -> None:
        fold, _, names = self.folds[title]
        fold.description = show.group(self.desk.client, title, names, unfolded=fold.value)

    def _row(self, name: str) -> Any:
        """A row: the value, and beside it what is allowed, the book's value, what is wrong."""
        ipw, client = self.ipw, self.desk.client
        spec = client.specs[name]
        looks = {
            "description": show.label(spec),
            "tooltip": spec.reason,
            "style": {"description_width": "12rem"},
            "layout": ipw.Layout(width="auto"),
        }
        if spec.choices:
            options = [(text, choice) for choice, text in spec.choices.items()]
            value = ipw.Dropdown(options=options, value=client.typed[name], **looks)
        else:
            value = ipw.Text(value=client.typed[name], **looks)
        row = ipw.HBox([value, ipw.HTML()])
        row.add_class("cb-desk-row")
        self.rows[name] = row
        self._mark(name)
        value.observe(lambda change: self._typed(name, change["new"]), names="value")
        return row

    def _mark(self, name: str) -> None:
        """What stands beside a value, and how the value looks."""
        client, row = self.desk.client, self.rows[name]
        row.children[1].value = show.row(client, name)
        looks = {"refused": name in client.wrong, "changed": client.differs(name)}
        for look, on in looks.items():
            (row.add_class if on else row.remove_class)(f"cb-desk-{look}")

    def _typed(self, name: str, text: str) -> None:
        self.desk.client.type(name, text)
        self._mark(name)
        for title, (_, _, names) in self.folds.items():
            if name in names:
                self._head(title)
        self.status.value = show.status(self.desk.client)
        self._later()

    # files and cases

    def _chosen(self, change: Any) -> None:
        """Another case is chosen by the reader."""
        if change["new"] != self.desk.case:
            self.desk.choose(change["new"])
            self.told.value = ""
            self.renew()

    def _opened(self, change: Any) -> None:
        """A file is chosen: it is taken whole, or nothing is changed."""
        if not change["new"]:
            return
        (chosen,) = change["new"]
        name, content = chosen["name"], bytes(chosen["content"])
        self.file.value = ()  # so that the same file can be opened again
        try:
            self.desk.open(content, name)
        except (ClientFileError, ImportError) as error:
            lines = [said("status.not_opened"), *str(error).splitlines()]
            self.told.value = (
                f"<div role='alert' class='cb-desk-wrong'>{show.paragraphs(lines)}</div>"
            )
            return
        title = self.desk.client.record.spec.words["title"]
        lines = [said("status.opened", name=name, title=title), *self.desk.client.notes]
        self.told.value = f"<div role='status' class='cb-desk-good'>{show.paragraphs(lines)}</div>"
        self.case.value = self.desk.case
        self.renew()

    def _renewed(self) -> None:
        """Back to the book's client of this case."""
        self.desk.client.take(self.desk.client.book)
        self.told.value = ""
        self.renew()

    # the answer

    def _later(self) -> None:
        """Answer when the reader pauses; at once where nothing can wait."""
        if self._timer is not None:
            self._timer.cancel()
        try:
            self._timer = asyncio.get_running_loop().call_later(PAUSE, self.fill)
        except RuntimeError:
            self.fill()

    def fill(self) -> None:
        """Answer, and show the page that is in view."""
        client, page = self.desk.client, self.page.value
        client.answer()
        self.status.value = show.status(client)
        self.fields.layout.display = "" if page == "memo" else "none"
        head = Head(**{name: field.value for name, field in self.head.items()})
        slow = page in ("memo", "files")
        now = page, client.run, head if slow else None
        if client.run is self.shown[1] and now[::2] == self.shown[::2]:
            return
        if slow:
            self.content.value = show.paragraphs([said("status.working")])
        self.shown = now
        self.content.value = self._made(page, head)

    def _made(self, page: str, head: Head) -> str:
        """A page of the answer."""
        client = self.desk.client
        if page == "numbers":
            return show.numbers(client)
        if page == "figures":
            return show.figures(client)
        if self._memo is None or self._memo[0] is not client.run or self._memo[1] != head:
            self._memo = client.run, head, files.contents(client, head)
        text = self._memo[2]
        if page == "memo":
            return show.frame(files.written(client, "html", text))
        made, lines = files.made(client, text)
        intro = show.paragraphs([said("files.intro")])
        return intro + files.links(client.case, made) + show.paragraphs(lines)


def place_of(environ: Any) -> str:
    """Where the notebook runs, by the names of its environment: the key of its line in `places`."""
    if files.in_browser():
        return "browser"
    if any(name.startswith("BINDER_") for name in environ):
        return "binder"
    return "hub" if "JUPYTERHUB_API_URL" in environ else "own"
