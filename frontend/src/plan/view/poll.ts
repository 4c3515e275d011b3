/** Looks every few seconds for what others changed, while the page is seen and nothing of ours is on its way. */
import type { Session } from "../session";
import type { Say } from "../words";
import type { Network } from "./net";

const EVERY = 4000;
const SLOWEST = 60_000;

export function follow(network: Network, session: Session, busy: () => boolean, tell: (text: string) => void, say: Say): void {
  let pause = EVERY;
  const look = async () => {
    if (!document.hidden && session.idle && !busy()) {
      try {
        const answer = await network.changes(session.store.revision);
        pause = EVERY;
        if (answer && session.idle && answer.revision > session.store.revision) {
          const changed = session.bring(answer);
          tell(answer.message || say("others_changed", { n: changed.length }));
        }
      } catch {
        pause = Math.min(SLOWEST, pause * 2);
      }
    }
    setTimeout(() => void look(), pause);
  };
  setTimeout(() => void look(), pause);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) pause = EVERY;
  });
}
