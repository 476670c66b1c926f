// SPDX-License-Identifier: GPL-3.0-or-later
import { Button, type ButtonProps, Tooltip } from "antd";
import styles from "./action-button.module.css";

interface Props extends Omit<ButtonProps, "disabled"> {
  /** Why it cannot be pressed now; without, it can. */
  reason?: string | undefined;
  /** What it does, for a button that shows only an icon. */
  hint?: string;
}

/** A button that says why it cannot be pressed. It can be reached by the keyboard then too, or nobody would read why. */
export function ActionButton({ reason, hint, className, ...rest }: Props) {
  if (reason === undefined) {
    const button = <Button className={className} {...(hint !== undefined && { "aria-label": hint })} {...rest} />;
    return hint ? <Tooltip title={hint}>{button}</Tooltip> : button;
  }
  const { onClick: _unused, href: _address, danger: _danger, type, ...shown } = rest;
  // A button without a frame stays one.
  const look = type === "text" || type === "link" ? type : "default";
  return (
    <Tooltip title={reason}>
      <Button
        {...shown}
        type={look}
        {...(hint !== undefined && { "aria-label": hint })}
        aria-disabled="true"
        aria-description={reason}
        className={`${styles.off} ${className ?? ""}`}
      />
    </Tooltip>
  );
}
