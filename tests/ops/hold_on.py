"""A process of its own that holds the lock of a site: hold_on.py CONFIG WHO INTERVAL PATIENCE.

Prints "held" or the refusal; after that the reason when the lock is lost. Ends with its input.
"""

import asyncio
import sys
from pathlib import Path

from tests.ops.locking import bastion
from tui.core.plan import Refused
from tui.ops.lock import Terms


async def main(config: str, who: str, interval: str, patience: str) -> None:
    """Hold the lock until our input ends, or until it is lost."""
    one = bastion(Path(config), who, Terms(float(interval), float(patience), away=20.0))
    try:
        async with one.lock() as lock:
            print("held", flush=True)
            told = asyncio.create_task(asyncio.to_thread(sys.stdin.readline))
            lost = asyncio.create_task(lock.lost.wait())
            await asyncio.wait((told, lost), return_when=asyncio.FIRST_COMPLETED)
            if lost.done():
                print(lock.reason, flush=True)
    except Refused as refused:
        print(refused.sentence, flush=True)
    await one.pool.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
