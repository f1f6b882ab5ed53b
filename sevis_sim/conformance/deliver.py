"""Delivers batches as the client itself decides: what it makes of each answer says what it is asked to do next."""

from dataclasses import replace
from urllib.parse import urlsplit

from sevis_sim.conformance.actor import ClientActor
from sevis_sim.conformance.cut_points import LineCut, cut_line
from sevis_sim.runner.actor import DownloadTask, UploadTask
from sevis_sim.runner.errors import PlayError
from sevis_sim.runner.player import Player
from sevis_sim.runner.world import World
from sevis_sim.scenarios.steps import UploadStep

AT_MOST = 8
"""Actions for one batch, then it is left as it is."""
PAUSE = "+30m"
"""Simulated time between an action and the same one again."""


class Tasks(Player):
    """A player that makes upload tasks of upload steps, for whoever carries them out in another way."""

    async def task(self, step: UploadStep) -> UploadTask:
        """Return what a step sends, and note it as sent.

        Raises:
            PlayError: the batch cannot be made.

        """
        made = await self._draft(step)
        system = step.system or self._world.scenario.system
        self.exchange.sent.append((self._world.now(), system, made))
        return UploadTask(
            self._world.upload_url(system),
            made.document,
            made.file_name,
            made.org_id,
            made.batch_id,
            made.user_id,
            self._credentials(step, made.org_id),
        )


class Delivery(Tasks):
    """A player whose upload steps go on until the client has the result, or gives up; all other steps are left out.

    ==============  ===========================================================================
    it makes        it is asked to
    ==============  ===========================================================================
    ``accepted``    download, when the result can be there
    ``ask``         download at once; ``refused`` there means that SEVIS has no such batch: upload again
    ``again``       do the same once more, half an hour later
    ``received``    nothing more; so with ``partly`` and ``refused``
    ==============  ===========================================================================
    """

    def __init__(self, world: World, actor: ClientActor, line: LineCut | None = None) -> None:
        """Prepare; ``line`` says where the line to the simulator breaks."""
        super().__init__(world, actor)
        self._client = actor
        self._line = line
        self._cut_url = ""

    async def play(self) -> None:
        """Deliver the batch of each upload step.

        Raises:
            PlayError: there is none, or a batch cannot be made.

        """
        steps = [each.upload for each in self._world.scenario.steps if each.upload is not None]
        if not steps:
            raise PlayError("the scenario has no upload step, so there is nothing to deliver")
        for step in steps:
            up = await self.task(step)
            system = step.system or self._world.scenario.system
            url = self._world.download_url(system)
            down = DownloadTask(url, up.org_id, up.batch_id, up.user_id, up.credentials)
            await self._over_line(up, down, system)

    async def _over_line(self, up: UploadTask, down: DownloadTask, system: str) -> None:
        """Deliver a batch over a line that breaks, if it is to break: once, for the first action of its kind."""
        if self._line is None:
            await self._deliver(up, down, system)
            return
        task = up if self._line.action == "upload" else down
        port = urlsplit(task.url).port or 0
        async with cut_line(self._line, port, len(up.document)) as other:
            self._cut_url = task.url.replace(f":{port}/", f":{other}/", 1)
            await self._deliver(up, down, system)

    def _url(self, action: str, usual: str) -> str:
        """Return where an action goes: the first one of the kind that is cut, over the line that breaks."""
        if self._line is None or self._line.action != action or not self._cut_url:
            return usual
        url, self._cut_url = self._cut_url, ""
        return url

    async def _deliver(self, up: UploadTask, down: DownloadTask, system: str) -> None:
        upload, unsure = True, False
        for _ in range(AT_MOST):
            if upload:
                await self._actor.upload(replace(up, url=self._url("upload", up.url)))
            else:
                asked = replace(down, url=self._url("download", down.url))
                self.exchange.answers[down.batch_id] = await self._actor.download(asked)
            means = self._client.actions[-1].means
            if upload and means == "accepted":
                upload, unsure = False, False
                await self._until_ready(up.batch_id, system)
            elif upload and means == "ask":
                upload, unsure = False, True
            elif means == "again":
                if not upload and unsure and self._client.actions[-1].outcome == "S0030":
                    unsure = False  # it has arrived after all
                    await self._until_ready(up.batch_id, system)
                else:
                    await self._world.advance(PAUSE, system)
            elif not upload and unsure and means == "refused":
                upload, unsure = True, False
            else:
                return

    async def _until_ready(self, batch_id: str, system: str) -> None:
        if await self._world.batch(batch_id, None, system) is not None:
            await self._world.wait_for(batch_id, None, system)
        else:
            await self._world.advance("next-business-day 09:00", system)
