// SPDX-License-Identifier: GPL-3.0-or-later
import { ArrowLeftOutlined } from "@ant-design/icons";
import { Link, type LinkProps } from "@tanstack/react-router";

/** The way back to the page above. */
export function BackLink({ children, ...target }: LinkProps & { children: string }) {
  return (
    <Link {...target}>
      <ArrowLeftOutlined aria-hidden="true" /> {children}
    </Link>
  );
}
