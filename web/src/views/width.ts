import { type RefObject, useLayoutEffect, useRef, useState } from "react";

/** The width in pixels of the element the ref is put on; follows the layout. */
export function useWidth<E extends HTMLElement>(initial = 720): [RefObject<E | null>, number] {
  const ref = useRef<E>(null);
  const [width, setWidth] = useState(initial);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element || typeof ResizeObserver === "undefined") return;
    const measure = () => {
      const next = Math.min(1200, Math.floor(element.clientWidth));
      if (next > 0) setWidth(next);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}
