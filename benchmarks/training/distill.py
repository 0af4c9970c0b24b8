"""A larger encoder teaches that of the project: ``python -m benchmarks.training.distill PAIRS.jsonl --teacher FILE ...``.

The teacher (``model.safetensors`` of all-mpnet-base-v2: MPNet, twelve layers, 110 million numbers) gets our heads and learns the
labelled pairs, its six upper layers alone. Then the encoder learns the average of what the teacher thinks and what it and those
before it thought, of labelled pairs and of pairs in real text that nobody labelled: releases and headlines of the folder of real
files, without those that anything is measured on. It needs the environment of ``finetune`` and safetensors; two hours for the
teacher and one for the encoder, on a core or two.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import math
import random
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from assets.news.coding import encoder
from assets.news.coding.encoder import BREAK, KINDS, MODALITIES
from assets.news.coding.interface import Text
from assets.news.coding.pairs import pairs_in
from assets.news.coding.parties import actors_in
from assets.news.coding.pieces import pieces_of
from benchmarks import headlines, releases
from benchmarks.training import finetune
from benchmarks.training.finetune import Row, percent_of

WIDTH, HEADS, INNER, LAYERS, FROZEN = 768, 12, 3072, 12, 6
TURNS = ((0, 60, 6e-5, 7), (60, 100, 4e-5, 4), (0, 100, 5e-5, 5))
"""What the teacher reads in turn: shares of the pairs in percent, the rate, and how much faster its heads learn."""

OF_ARTICLES = 0.3
"""How much of the pairs of long articles the teacher learns."""

TAUGHT = 47
"""Percent of the pairs of long articles that the encoder learns again; of other text, all."""

PASSES, RATE, HEADS_FASTER, LABELS = 3, 4e-5, 3, 0.3
"""How the encoder learns; ``LABELS``: what the labels weigh beside the teacher."""

TIMES, NEW_FASTER = (1, 1, 2, 3, 3, 2), 4
"""How often each layer of an encoder of six stands in one of twelve, and how much faster what repeats one learns."""

OF_RELEASES, OF_RELEASE, LONGEST = 12_000, 14, 700
"""Unlabelled pairs of releases, at most of one of them, and characters of a sentence."""


def unlabelled(folder: Path) -> list[tuple[str, ...]]:
    """Masked pairs of the releases and headlines that no reader labelled."""
    found: dict[tuple[str, ...], None] = {}
    known = releases.texts(folder)
    keys = sorted(known.keys() - releases.labels(releases.DEV).keys() - releases.labels(releases.TEST).keys())
    random.Random(3).shuffle(keys)
    for key in keys:
        chosen = [pieces for pieces in _pairs(known[key]) if percent_of(pieces) < (8 if BREAK in "".join(pieces) else 60)]
        found |= dict.fromkeys(chosen[:OF_RELEASE])
        if len(found) >= OF_RELEASES:
            break
    measured = {h for reader in (headlines.FIRST, headlines.SECOND) for h in headlines.labels(reader)[0]}
    with gzip.open(folder / headlines.HEADLINES, "rt", encoding="utf-8", newline="") as file:
        titles = dict.fromkeys(row["title"].strip() for row in csv.DictReader(file) if headlines.of(row["title"]) not in measured)
    for title in titles:
        if headlines.of(title) not in measured:
            found |= dict.fromkeys(_pairs(Text("", title)))
    return list(found)


def _pairs(text: Text) -> Iterator[tuple[str, ...]]:
    for piece in pieces_of(text, None):
        if len(piece.words) <= LONGEST:
            for pair in pairs_in(piece.words, actors_in(piece.words, piece.mentions, piece.start), piece.earlier):
                yield pair.pieces


def _is_read(pair: dict[str, Any], percent: int) -> bool:
    """Whether a share of the pairs holds this one, by a hash; it holds all of the files that are read often."""
    if pair["origin"].startswith(tuple(finetune.OFTEN)):
        return True
    # of pairs with several acts, and of phrases, all: they are few
    is_few = pair["origin"].endswith("-phrases") or any(len(of) > 1 for of in pair["acts"])
    share = OF_ARTICLES if pair["origin"].startswith("articles-wire") and not is_few else 1.0
    return percent_of(pair["pieces"]) < share * percent


def teacher(weights: Path, n_first: int, n_second: int) -> Any:
    """MPNet as it was published, with the heads of ``finetune.network``, which begin at random."""
    import torch
    from safetensors.torch import load_file
    from torch import nn
    from torch.nn import functional as f

    class Layer(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.q, self.k, self.v, self.o = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
            self.up, self.down = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
            self.norm, self.last = nn.LayerNorm(WIDTH, eps=1e-5), nn.LayerNorm(WIDTH, eps=1e-5)
            self.drop = nn.Dropout(0.1)

        def forward(self, x: Any, away: Any) -> Any:
            q, k, v = (m(x).view(*x.shape[:2], HEADS, -1).transpose(1, 2) for m in (self.q, self.k, self.v))
            seen = f.scaled_dot_product_attention(q, k, v, attn_mask=away.to(q.dtype)).transpose(1, 2).reshape(x.shape)
            x = self.norm(x + self.drop(self.o(seen)))
            return self.last(x + self.drop(self.down(f.gelu(self.up(x)))))

    class Network(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.words, self.positions, self.rel = nn.Embedding(30527, WIDTH), nn.Embedding(514, WIDTH), nn.Embedding(32, HEADS)
            self.norm, self.layers = nn.LayerNorm(WIDTH, eps=1e-5), nn.ModuleList(Layer() for _ in range(LAYERS))
            self.inner, self.outer = nn.Linear(3 * WIDTH, WIDTH), nn.Linear(WIDTH, n_first)
            self.inner_of_codes, self.outer_of_codes = nn.Linear(3 * WIDTH, WIDTH), nn.Linear(WIDTH, n_second)
            self.outer_of_acts, self.drop = nn.Linear(WIDTH, n_first - 1), nn.Dropout(0.1)

        def forward(self, ids: Any, places: Any, mask: Any) -> Any:
            # its vocabulary is BERT's, four numbers later, with marks of its own for what is unknown, for begin and end
            for old, new in ((101, -4), (102, -2), (100, -1)):
                ids = torch.where(ids == old, new, ids)
            ids = torch.where(mask == 0, 1, ids + 4)
            with torch.no_grad():
                x = self.drop(self.norm(self.words(ids) + self.positions(torch.arange(ids.shape[1]) + 2)[None]))
                away = self.rel(_distances(ids.shape[1])).permute(2, 0, 1)[None] + (1.0 - mask.float())[:, None, None, :] * -1e4
                for layer in self.layers[:FROZEN]:
                    x = layer(x, away)
            for layer in self.layers[FROZEN:]:
                x = layer(x, away)
            wide = mask.to(x.dtype)
            mean = (x * wide[..., None]).sum(1) / wide.sum(1, keepdim=True)
            first, second = torch.gather(x, 1, places[..., None].expand(-1, -1, WIDTH)).unbind(1)
            both = torch.stack((torch.cat((first, second, mean), -1), torch.cat((second, first, mean), -1)), 1)
            inner = self.drop(torch.tanh(self.inner(self.drop(both))))
            codes = self.outer_of_codes(self.drop(torch.tanh(self.inner_of_codes(self.drop(both)))))
            return torch.cat((self.outer(inner), codes, self.outer_of_acts(inner)), -1)

    net = Network()
    published = {name.removeprefix("mpnet."): values for name, values in load_file(weights).items()}
    state = net.state_dict()
    for name in state:
        if (old := _published(name)) in published:
            state[name] = published[old]
    net.load_state_dict(state)
    for module in (net.words, net.positions, net.rel, net.norm, net.layers[:FROZEN]):
        module.requires_grad_(False)
    return net


_NAMES = {"q": "attention.attn.q", "k": "attention.attn.k", "v": "attention.attn.v", "o": "attention.attn.o"}
_NAMES |= {"norm": "attention.LayerNorm", "up": "intermediate.dense", "down": "output.dense", "last": "output.LayerNorm"}
_OUTER = {"words": "embeddings.word_embeddings", "positions": "embeddings.position_embeddings", "norm": "embeddings.LayerNorm"}
_OUTER |= {"rel": "encoder.relative_attention_bias"}


def _published(name: str) -> str:
    """What the published file calls a part."""
    module, _, kind = name.rpartition(".")
    if not module.startswith("layers."):
        return f"{_OUTER.get(module, module)}.{kind}"
    _, n, part = module.split(".")
    return f"encoder.layer.{n}.{_NAMES[part]}.{kind}"


def _distances(n: int) -> Any:
    """Buckets of the distance between two places, as MPNet has them: eight near ones each way, eight ever wider ones to 128."""
    import torch

    apart = torch.arange(n)[None, :] - torch.arange(n)[:, None]
    far = 8 + (torch.log(apart.abs().clamp(min=1).float() / 8) / math.log(16) * 8).long()
    return (apart > 0).long() * 16 + torch.where(apart.abs() < 8, apart.abs(), far.clamp(max=15))


def deepened(six: Any, rows: Sequence[Row], n_first: int, n_second: int) -> tuple[Any, list[Any]]:
    """A network of twelve layers that thinks nearly what one of six does, and the numbers of its new layers.

    A new layer repeats the one below it and at first adds a twentieth of what that adds. Its norms do not move what comes: they
    have the spread and the mean that ``rows`` show there.
    """
    import torch

    net = finetune.network(n_first, n_second)
    state, new = net.state_dict(), []
    state |= {name: values for name, values in six.state_dict().items() if not name.startswith("layers.")}
    ids, mask, _ = finetune._padded(rows)
    with torch.no_grad():
        x = six.eval().norm(six.words(ids) + six.positions(torch.arange(ids.shape[1]))[None])
        places = iter(range(len(net.layers)))
        for layer, times in zip(six.layers, TIMES, strict=True):
            x = layer(x, (1.0 - mask.float())[:, None, None, :] * -1e4)
            spread, mean = x[mask > 0].std(-1, unbiased=False).mean(), x[mask > 0].mean()
            for time, place in zip(range(times), places):  # noqa: B905 (the second goes on)
                for name, values in layer.state_dict().items():
                    module, _, kind = name.rpartition(".")
                    if time and module in ("out", "down"):
                        values = values * 0.05
                    elif time and module in ("norm", "last"):
                        values = torch.full_like(values, float(spread if kind == "weight" else mean))
                    state[f"layers.{place}.{name}"] = values
                if time:
                    new += net.layers[place].parameters()
    net.load_state_dict(state)
    return net, new


def learn(
    net: Any,
    rows: Sequence[Row],
    rate: float,
    faster: float,
    loss: Callable[[Any, list[Row]], Any],
    passes: int = 1,
    new: Sequence[Any] = (),
) -> None:
    """Train what is not fixed of a network, ``new`` layers faster, the rate falling to nothing."""
    import torch

    torch.manual_seed(finetune.SEED)
    heads = finetune._heads_of(net)
    body = [p for p in net.parameters() if p.requires_grad and all(p is not other for other in (*heads, *new))]
    groups = [{"params": body, "lr": rate}, {"params": heads, "lr": rate * faster}, {"params": [*new], "lr": rate * NEW_FASTER}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    order, done, steps = random.Random(finetune.SEED), 0, passes * -(-len(rows) // finetune.BATCH)
    slower = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda n: min((n + 1) / 80, 1) * max(0.02, 1 - n / steps))
    net.train()
    for _ in range(passes):
        for batch in finetune.batches(rows, order):
            found = loss(net, batch)
            found.backward()
            torch.nn.utils.clip_grad_norm_([*body, *heads, *new], 1.0)
            optimiser.step()
            slower.step()
            optimiser.zero_grad()
            done += 1
            if done % 100 == 0:
                print(f"step {done} of {steps}: loss {float(found.detach()):.3f}", flush=True)
    net.eval()


def logits(net: Any, rows: Sequence[Row]) -> Any:
    """What a network thinks of rows, in their order."""
    import torch

    order = sorted(range(len(rows)), key=lambda n: len(rows[n].ids))
    found: list[Any] = [None] * len(rows)
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        for at in range(0, len(order), finetune.BATCH):
            ids, mask, places = finetune._padded([rows[n] for n in order[at : at + finetune.BATCH]])
            for n, z in zip(order[at:], net(ids, places, mask).float().numpy(), strict=False):
                found[n] = z
    return np.stack(found)


def distance(said: Any, taught: Any, n_codes: int) -> Any:
    """How far an encoder is from what it is taught: chance and acts by themselves, class, code and modality as shares."""
    import torch
    from torch.nn import functional as f

    sure = torch.sigmoid(taught[..., 0])
    total, at = f.binary_cross_entropy_with_logits(said[..., 0], sure), 1
    weight = sure + 0.02
    for size, share in ((len(KINDS), 1.0), (n_codes, 0.5), (len(MODALITIES), 0.3)):
        right = torch.softmax(taught[..., at : at + size], -1)
        apart = -(right * torch.log_softmax(said[..., at : at + size], -1)).sum(-1)
        total, at = total + share * (weight * apart).sum() / weight.sum(), at + size
    acts = f.binary_cross_entropy_with_logits(said[..., at:], torch.sigmoid(taught[..., at:]), reduction="none")
    return total + acts.sum(-1).mean()


def main() -> None:
    """Train the teacher, then the encoder."""
    parser = argparse.ArgumentParser(description="Let a larger encoder teach that of the event coder.")
    parser.add_argument("pairs", type=Path, help="of benchmarks.training.pairs")
    parser.add_argument("--teacher", type=Path, required=True, help="model.safetensors of all-mpnet-base-v2")
    parser.add_argument("--real", type=Path, required=True, help="the folder of real files")
    parser.add_argument("--start", type=Path, required=True, help="the encoder to go on from")
    parser.add_argument("--older", type=Path, nargs="*", default=[], help="encoders before it, which are asked too")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    import onnx
    import torch

    start = onnx.load(str(args.start))
    known = finetune.known_of(start)
    codes, tokens = known["codes"], encoder.Tokens(known["vocabulary"], known["markers"])
    n_first, n_second = 1 + len(KINDS), len(codes) + len(MODALITIES)
    pairs = [json.loads(line) for line in args.pairs.read_text(encoding="utf-8").splitlines()]
    read = [p for p in pairs if _is_read(p, 100)]
    largest = teacher(args.teacher, n_first, n_second)
    for first, last, rate, faster in TURNS:
        turn = [p for p in read if _is_read(p, last) and not (first and _is_read(p, first))]
        rows = finetune.rows_of(turn, tokens, codes)
        weights = finetune._weights_of_kinds(rows)
        learn(largest, rows, rate, faster, lambda net, batch, w=weights: finetune._loss(net, batch, w))  # type: ignore[misc]
    files = tuple(finetune.OFTEN)
    often = [p for p in read if p["origin"].startswith(files)]
    others = [p for p in read if not p["origin"].startswith(files)]
    again = [p for p in others if not p["origin"].startswith("articles-wire") or percent_of((*p["pieces"], "x")) < TAUGHT]
    rows = finetune.rows_of([*often, *again], tokens, codes)
    n_often, n_labelled, weights = len(rows) - len(again), len(rows), finetune._weights_of_kinds(rows)
    nothing: tuple[list[int], list[int], list[int]] = ([], [], [])
    for ids, *places in map(tokens.of, unlabelled(args.real)):
        rows.append(Row(ids, (places[0], places[1]), (-1, -1), (nothing, nothing)))
    student = finetune.widened(start, n_first, n_second)
    thought = logits(largest, rows)
    # of what is read often the teacher alone is asked: it is what the old encoders do not know
    asked = [student, *(finetune.widened(onnx.load(str(path)), n_first, n_second) for path in args.older)]
    before = sum(logits(net.eval(), rows[n_often:]) for net in asked) / len(asked)
    thought[n_often:] = (thought[n_often:] + before) / 2
    taught = {id(row): torch.from_numpy(z) for row, z in zip(rows, thought, strict=True)}

    def loss(net: Any, batch: list[Row]) -> Any:
        ids, mask, places = finetune._padded(batch)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            said = net(ids, places, mask)
        said = said.float()
        labelled = [n for n, row in enumerate(batch) if row.events != (-1, -1)]
        found = distance(said, torch.stack([taught[id(row)] for row in batch]), len(codes))
        if len(labelled) > 4:
            found = found + LABELS * finetune._loss_of_logits(said[labelled], [batch[n] for n in labelled], weights)
        return found

    new: list[Any] = []
    if len(student.layers) < finetune.LAYERS:
        student, new = deepened(student, rows[:64], n_first, n_second)
    for module in (student.words, student.positions, student.norm, student.layers[: finetune.FROZEN]):
        module.requires_grad_(False)
    learn(student, rows, RATE, HEADS_FASTER, loss, PASSES, new)
    known["about"] = {
        "start_sha256": sha256(args.start.read_bytes()).hexdigest(),
        "pairs": n_labelled,
        "pairs_sha256": sha256(args.pairs.read_bytes()).hexdigest(),
        "unlabelled": len(rows) - n_labelled,
        "passes": PASSES,
        "rate": RATE,
    }
    finetune.export(student, known, args.out, rows[:n_labelled])


if __name__ == "__main__":
    main()
