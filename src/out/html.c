/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "out/html.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

/* Light and dark as the reader has it; on paper black on white, nothing cut. A colour never says what no word says. */
static const char style[] =
	":root{--text:#1c2128;--dim:#59636e;--paper:#fff;--line:#d1d9e0;--head:#f6f8fa;--good:#116329;--warn:#7d4e00;--bad:#a40e26}\n"
	"@media(prefers-color-scheme:dark){:root{--text:#e6edf3;--dim:#9198a1;--paper:#0d1117;--line:#3d444d;--head:#151b23;"
	"--good:#56d364;--warn:#e3b341;--bad:#ff7b72}}\n"
	"*{box-sizing:border-box}\n"
	"body{margin:0 auto;padding:1.2rem;max-width:76rem;background:var(--paper);color:var(--text);"
	"font:1rem/1.5 system-ui,sans-serif}\n"
	"h1{font-size:1.5rem;margin:0 0 .3rem}h2{font-size:1.2rem;margin:2rem 0 .5rem}\n"
	"p,ul{margin:.4rem 0}ul{padding-left:1.4rem}.dim{color:var(--dim)}\n"
	"nav a{display:inline-block;margin-right:1rem}a{color:inherit}\n"
	"summary{cursor:pointer;font-weight:600;margin:.8rem 0 .3rem}\n"
	".wide{overflow-x:auto;border:1px solid var(--line);border-radius:6px}\n"
	"table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}\n"
	"th,td{padding:.3rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}\n"
	"tr:last-child td,tr:last-child th{border-bottom:0}\n"
	"thead th{background:var(--head);white-space:nowrap;font-weight:600}\n"
	".r{text-align:right}.m{text-align:center}thead th.m{white-space:normal;min-width:7rem;overflow-wrap:anywhere}\n"
	"td,code{overflow-wrap:anywhere}td.k{overflow-wrap:normal;white-space:nowrap}\n"
	"code,td.cut{font-family:ui-monospace,monospace;font-size:.85rem}\n"
	"td.cut{min-width:16rem}\n"
	".warn{color:var(--warn)}.bad{color:var(--bad);font-weight:600}.good{color:var(--good)}\n"
	"tbody th{position:sticky;left:0;background:var(--paper)}\n"
	/* on a phone each row of a list is a card, its heads beside its cells */
	"@media screen and (max-width:40rem){body{padding:.7rem}th,td{padding:.25rem .4rem}"
	".list thead{display:none}.list tr{display:block;padding:.4rem 0;border-bottom:1px solid var(--line)}"
	".list tr:last-child{border:0}.list td{display:flex;gap:.6rem;border:0;padding:.1rem .5rem;text-align:left;white-space:normal;"
	"min-width:0}.list td::before{content:attr(data-h);flex:0 0 6.5rem;color:var(--dim);font:.85rem system-ui,sans-serif}}\n"
	"@media print{:root{--text:#000;--dim:#444;--paper:#fff;--line:#999;--head:#eee;--good:#000;--warn:#000;--bad:#000}"
	"body{max-width:none;padding:0;font-size:9pt}.wide{overflow:visible;border:0}nav{display:none}h2,summary{break-after:avoid}"
	"tr{break-inside:avoid}}\n";

void html_text_n(struct buf *to, const char *text, size_t len)
{
	CLEANUP_BUF struct buf safe = {0};

	text_escape(&safe, text, len);
	to->failed |= safe.failed;
	for (const char *c = buf_text(&safe); *c; c++) {
		switch (*c) {
		case '&':
			buf_str(to, "&amp;");
			break;
		case '<':
			buf_str(to, "&lt;");
			break;
		case '>':
			buf_str(to, "&gt;");
			break;
		case '"':
			buf_str(to, "&quot;");
			break;
		case '\'':
			buf_str(to, "&#39;");
			break;
		default:
			buf_char(to, *c);
		}
	}
}

void html_text(struct buf *to, const char *text)
{
	if (text)
		html_text_n(to, text, strlen(text));
}

void html_begin(struct buf *to, const char *title)
{
	buf_str(to, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
		    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';style-src 'unsafe-inline'\">\n"
		    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	html_text(to, title);
	buf_str(to, "</title>\n<style>\n");
	buf_str(to, style);
	buf_str(to, "</style>\n</head>\n<body>\n<h1>");
	html_text(to, title);
	buf_str(to, "</h1>\n");
}

void html_end(struct buf *to)
{
	buf_str(to, "</body>\n</html>\n");
}

static bool is_shown(const struct column *column, const char *const *columns)
{
	if (!columns)
		return !(column->flags & (COLUMN_WIDE | COLUMN_EXTRA));
	for (; *columns; columns++)
		if (!strcmp(*columns, column->name))
			return true;
	return false;
}

static const char *class_of(const struct column *column, const struct cell *cell)
{
	if (cell->tone == TONE_WARN)
		return "k warn";
	if (cell->tone == TONE_BAD)
		return "k bad";
	if (column->flags & (COLUMN_CUT | COLUMN_WRAP))
		return "cut";
	if (column->flags & COLUMN_RIGHT)
		return "k r";
	return cell->kind == CELL_TEXT && cell->text.len > 40 ? "" : "k"; /* short ones in one line */
}

static void add_cell(struct buf *to, const struct column *column, const void *item, struct cell *cell)
{
	CLEANUP_BUF struct buf shown = {0};

	cell_clear(cell);
	column->fill(item, cell);
	buf_printf(to, "<td class=\"%s\" data-h=\"%s\">", class_of(column, cell), column->name);
	if (cell->kind == CELL_TEXT) {
		html_text_n(to, buf_text(&cell->text), cell->text.len);
	} else {
		cell_show(cell, &shown);
		html_text_n(to, buf_text(&shown), shown.len);
	}
	buf_str(to, "</td>");
}

void html_table(struct buf *to, const struct view *view, const char *const *columns, const struct out_rows *rows)
{
	CLEANUP_CELL struct cell cell = {0};

	buf_str(to, "<div class=\"wide list\"><table>\n<thead><tr>");
	for (const struct column *c = view->columns; c->name; c++)
		if (is_shown(c, columns))
			buf_printf(to, "<th scope=\"col\"%s title=\"%s\">%s</th>", c->flags & COLUMN_RIGHT ? " class=\"r\"" : "",
				c->help, c->name);
	buf_str(to, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < rows->n; i++) {
		buf_str(to, "<tr>");
		for (const struct column *c = view->columns; c->name; c++)
			if (is_shown(c, columns))
				add_cell(to, c, out_row(rows, i), &cell);
		buf_str(to, "</tr>\n");
	}
	buf_str(to, "</tbody></table></div>\n");
}
