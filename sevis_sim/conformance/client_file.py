"""``client.yaml``: how the client under test is called, and what its exit codes and words mean."""

import json
import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from sevis_sim.conformance.errors import ConformError
from sevis_sim.yamlfile import Document, Problem, YamlError, explain, load_file, load_text

Meaning = Literal["accepted", "received", "partly", "again", "ask", "refused"]
"""What a client makes of an answer; `MEANINGS` says each in words."""

MEANINGS: dict[str, str] = {
    "accepted": "SEVIS has taken the batch",
    "received": "the result is here and every record is stored",
    "partly": "the result is here and some records have failed",
    "again": "nothing is wrong with the request: it is made again later, unchanged",
    "ask": "nobody knows whether the batch has arrived: the client asks for its result before it sends it again",
    "refused": "it is useless to try again before a person has mended something",
}

PLACES: dict[str, str] = {
    "action": "upload, download or run",
    "upload_url": "where batches are uploaded",
    "download_url": "where results are downloaded",
    "ca": "PEM file of the authority that signed the server's certificate",
    "cert": "PEM file of the client certificate; blank where none is to be presented",
    "key": "PEM file of its private key",
    "p12": "PKCS #12 file of both",
    "p12_password": "password of that",
    "org": "OrgID",
    "user": "user ID",
    "batch": "batch ID",
    "file": "the batch, an XML file (uploads)",
    "output": "where the result belongs (downloads); a folder for all results (run)",
    "inbox": "folder with the batches, BATCHID.xml each (run)",
    "folder": "a folder of this scenario alone, for what the client wants to remember",
}
"""What ``{…}`` in commands and variables stands for."""

VARIABLES: dict[str, str] = {
    "SEVIS_SIM_UPLOAD_URL": "{upload_url}",
    "SEVIS_SIM_DOWNLOAD_URL": "{download_url}",
    "SEVIS_SIM_CA": "{ca}",
    "SEVIS_SIM_CLIENT_CERT": "{cert}",
    "SEVIS_SIM_CLIENT_KEY": "{key}",
    "SEVIS_SIM_CLIENT_P12": "{p12}",
    "SEVIS_SIM_CLIENT_P12_PASSWORD": "{p12_password}",
    "SEVIS_SIM_ORG_ID": "{org}",
    "SEVIS_SIM_USER_ID": "{user}",
    "SEVIS_SIM_BATCH_ID": "{batch}",
    "SEVIS_SIM_FILE": "{file}",
    "SEVIS_SIM_OUTPUT": "{output}",
    "SEVIS_SIM_INBOX": "{inbox}",
    "SEVIS_SIM_FOLDER": "{folder}",
    "SEVIS_SIM_ACTION": "{action}",
}
"""Variables that every command gets, whatever its file says."""

_PLACE = re.compile(r"\{(\w+)\}")


def _words(value: Any) -> Any:
    """Split a command that is written as one line, as a shell does."""
    if isinstance(value, str):
        try:
            return shlex.split(value)
        except ValueError as error:
            raise ValueError(f"the command cannot be split into words: {error}") from None
    return value


def _places(text: str) -> str:
    unknown = [name for name in _PLACE.findall(text) if name not in PLACES]
    if unknown:
        raise ValueError(f"'{{{unknown[0]}}}' stands for nothing; known: {', '.join(PLACES)}")
    return text


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"this is no regular expression: {error}") from None
    return text


def _listed(value: Any) -> Any:
    return value if isinstance(value, (list, tuple)) else [value]


Template = Annotated[str, AfterValidator(_places)]
Pattern = Annotated[str, AfterValidator(_pattern)]
CommandLine = Annotated[
    tuple[Template, ...],
    BeforeValidator(_words),
    Field(min_length=1),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}),
]
ExitCodes = Annotated[
    tuple[int, ...],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}]}),
]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OutcomeRule(_Entry):
    """What the end of a command means. The first rule whose conditions all hold counts."""

    exit: ExitCodes | None = Field(default=None, description="exit code, or several")
    stdout: Pattern | None = Field(default=None, description="regular expression that its output holds")
    stderr: Pattern | None = Field(default=None, description="regular expression that its error output holds")
    means: Meaning = Field(description="; ".join(f"{word}: {text}" for word, text in MEANINGS.items()))

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        if self.exit is None and self.stdout is None and self.stderr is None:
            raise ValueError("the key 'exit' is missing: say when it means that (exit, stdout, stderr)")
        return self

    def holds(self, code: int, stdout: str, stderr: str) -> bool:
        """Whether a command ended so."""
        return (
            (self.exit is None or code in self.exit)
            and (self.stdout is None or re.search(self.stdout, stdout, re.S) is not None)
            and (self.stderr is None or re.search(self.stderr, stderr, re.S) is not None)
        )


class RecordReport(_Entry):
    """Where the client tells of single records: patterns whose first group is the requestID."""

    failed: Pattern = Field(description="finds each record that failed, in the output")
    stored: Pattern | None = Field(default=None, description="finds each record that was stored, in the output")


_USUAL: dict[str, tuple[OutcomeRule, ...]] = {
    "upload": (
        OutcomeRule(exit=(0,), means="accepted"),
        OutcomeRule(exit=(75,), means="again"),
        OutcomeRule(exit=(76,), means="ask"),
        OutcomeRule(exit=(1,), means="refused"),
    ),
    "download": (
        OutcomeRule(exit=(0,), means="received"),
        OutcomeRule(exit=(10,), means="partly"),
        OutcomeRule(exit=(75,), means="again"),
        OutcomeRule(exit=(1,), means="refused"),
    ),
}
"""Exit codes of a client that says nothing else: those that ``conform -- CLIENT`` goes by."""


class ActionEntry(_Entry):
    """One action of the client."""

    command: CommandLine = Field(
        description="the command: one line, or a list of words; {file} and the like are filled in"
    )
    outcomes: tuple[OutcomeRule, ...] = Field(
        default=(), description="what its end means; usual: 0 done, 10 some records failed, 75 again, 76 ask, 1 refused"
    )
    records: RecordReport | None = Field(default=None, description="where it tells of single records (downloads)")
    timeout: float = Field(default=60.0, gt=0, le=3600, description="seconds until it is stopped")

    def meaning(self, action: str, code: int, stdout: str, stderr: str) -> Meaning | None:
        """Return what an end means; None where no rule says so."""
        rules = self.outcomes or _USUAL[action]
        return next((each.means for each in rules if each.holds(code, stdout, stderr)), None)


class RunEntry(_Entry):
    """A client that runs by itself: it finds batches in a folder, sends them and polls for results."""

    command: CommandLine = Field(description="starts it; {inbox} is the folder of the batches")
    records: RecordReport | None = Field(default=None, description="where its output tells of single records")
    quiet: float = Field(
        default=2.0, gt=0, le=600, description="seconds without a request after which the clock moves to what is due"
    )
    scale: float | None = Field(
        default=None, gt=0, le=100_000, description="let the clock run so many times as fast instead"
    )
    timeout: float = Field(default=120.0, gt=0, le=3600, description="seconds until it is ended")


class ClientFile(_Entry):
    """The client under test: two commands, or one that runs by itself."""

    name: str = Field(default="", description="what reports call it")
    upload: ActionEntry | None = Field(default=None, description="sends a batch")
    download: ActionEntry | None = Field(default=None, description="asks for a result")
    run: RunEntry | None = Field(default=None, description="runs by itself, instead of upload and download")
    env: dict[str, Template] = Field(
        default_factory=dict, description="further environment variables, for clients that know theirs by other names"
    )
    folder: str | None = Field(default=None, description="where its commands run; the folder of this file")
    pause: float = Field(
        default=1.0, ge=0, description="seconds that it waits at least before it repeats a request by itself"
    )
    requests: int = Field(default=6, ge=1, description="requests of one action that are still polite")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.run is not None and (self.upload or self.download):
            raise ValueError("a client has either 'run', or 'upload' and 'download'")
        for name in ("upload", "download"):
            if self.run is None and getattr(self, name) is None:
                raise ValueError(f"the key {name!r} is missing: the command that does it (or 'run' for both)")
        return self

    def entry(self, action: str) -> ActionEntry:
        """Return an action by its name, of a client that does not run by itself."""
        found = self.upload if action == "upload" else self.download
        if found is None:
            raise ConformError(f"{self.name or 'the client'} has no command for {action}")
        return found


def load_client(path: Path) -> ClientFile:
    """Read a client file; commands run in its folder unless it says otherwise.

    Raises:
        ConformError: it cannot be used; one line each with file, line and column.

    """
    try:
        document = load_file(path)
    except YamlError as error:
        raise ConformError("\n".join(map(str, error.problems))) from error
    found = _validated(document)
    folder = (path.parent / (found.folder or ".")).resolve()
    if not folder.is_dir():
        problem = Problem(document.name, document.position(("folder",)), "folder", f"there is no folder {folder}")
        raise ConformError(str(problem))
    return found.model_copy(update={"folder": str(folder), "name": found.name or path.stem})


def parse_client(text: str, name: str = "client.yaml") -> ClientFile:
    """Read a client from a text; as `load_client`."""
    try:
        return _validated(load_text(text, name))
    except YamlError as error:
        raise ConformError("\n".join(map(str, error.problems))) from error


def client_of(words: Sequence[str]) -> ClientFile:
    """Return the client of ``conform -- CLIENT…``: it is called with ``upload`` or ``download`` behind its words."""
    entry = ActionEntry.model_construct(command=(*words, "{action}"), outcomes=(), records=None, timeout=60.0)
    return ClientFile(name=shlex.join(words), upload=entry, download=entry, folder=str(Path.cwd()))


def filled(template: str, places: dict[str, str]) -> str:
    """Fill what stands in braces; braces around other words stay."""
    return _PLACE.sub(lambda found: places.get(found[1], found[0]), template)


def schema_text() -> str:
    """Return the JSON Schema of client files, as schemas/client.schema.json holds it."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **ClientFile.model_json_schema()}
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _validated(document: Document) -> ClientFile:
    try:
        return ClientFile.model_validate(document.value if document.value is not None else {})
    except ValidationError as error:
        raise ConformError("\n".join(map(str, explain(error, document, ClientFile)))) from error
