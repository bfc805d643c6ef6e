import type { AnchorHTMLAttributes, MouseEvent } from "react";
import { navigate } from "./url";

interface Props extends AnchorHTMLAttributes<HTMLAnchorElement> {
  href: string;
  replace?: boolean;
}

/** A real link that moves inside the workbench on a plain click and leaves every other click to the browser. */
export function Link({ href, replace, onClick, ...rest }: Props) {
  function follow(event: MouseEvent<HTMLAnchorElement>) {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(href, { replace });
  }
  return <a href={href} onClick={follow} {...rest} />;
}
