/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <sys/utsname.h>
#include <time.h>

#include "app/session.h"
#include "base/cleanup.h"
#include "cmd/report.h"
#include "model/caps.h"
#include "out/html.h"
#include "view/container.h"
#include "view/drift.h"
#include "view/process.h"

static void write_head(const struct report *r, struct buf *to)
{
	CLEANUP_BUF struct buf title = {0};
	struct utsname host = {0};
	time_t now = time(NULL);
	struct tm tm;
	char when[40] = "";

	uname(&host);
	if (gmtime_r(&now, &tm))
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S UTC", &tm);
	buf_printf(&title, "Containers of %s", host.nodename);
	html_begin(to, buf_text(&title));
	buf_printf(to, "<p class=\"dim\">%zu container%s, %zu processes · Linux ", r->targets.n, r->targets.n == 1 ? "" : "s",
		r->processes.n);
	html_text(to, host.release);
	buf_printf(to, " · %s · nsctl report</p>\n", when);
	buf_str(to, "<nav><a href=\"#containers\">Containers</a><a href=\"#namespaces\">Namespaces</a>"
		    "<a href=\"#processes\">Processes</a><a href=\"#capabilities\">Capabilities</a>");
	buf_str(to, r->verdicts ? "<a href=\"#manifest\">Manifest</a></nav>\n" : "</nav>\n");
}

static void write_notes(const struct report *r, struct buf *to)
{
	bool any = false;

	for (size_t i = 0; i < r->s->n_notes; i++) {
		if (!r->s->notes[i].code)
			continue;
		buf_str(to, any ? "" : "<p class=\"warn\">This page is not complete:</p>\n<ul>\n");
		any = true;
		buf_str(to, "<li>");
		html_text(to, r->s->notes[i].target);
		buf_str(to, r->s->notes[i].target ? ": " : "");
		html_text(to, r->s->notes[i].message);
		buf_str(to, "</li>\n");
	}
	buf_str(to, any ? "</ul>\n" : "");
}

static void write_containers(const struct report *r, struct buf *to)
{
	static const char *const columns[] = {"ENGINE", "NAME", "POD", "NAMESPACE", "HOST-PID", "STATUS", "AGE", "IMAGE", "COMMAND", NULL};
	const struct out_rows rows = {.items = r->targets.items, .n = r->targets.n, .size = sizeof(*r->targets.items)};

	buf_str(to, "<h2 id=\"containers\">Containers</h2>\n"
		    "<p>Each is a process of this host behind namespaces: HOST-PID is the PID that its init has outside.</p>\n");
	html_table(to, &view_container, columns, &rows);
}

static void write_namespaces(const struct report *r, struct buf *to)
{
	buf_str(to, "<h2 id=\"namespaces\">Namespaces</h2>\n<p>What is nested in what, by inode.</p>\n"
		    "<details open><summary>PID namespaces</summary>\n");
	report_tree(r, NS_PID, to);
	buf_str(to, "</details>\n<details open><summary>User namespaces</summary>\n");
	report_tree(r, NS_USER, to);
	buf_str(to, "</details>\n");
}

static void write_processes(const struct report *r, struct buf *to)
{
	static const char *const columns[] = {"HOST-PID", "PID", "PPID", "USER", "HOST-USER", "CAPS", "SESSION", "COMMAND", NULL};

	buf_str(to, "<h2 id=\"processes\">Processes, outside and inside</h2>\n"
		    "<p>HOST-PID and HOST-USER are outside, PID, PPID and USER inside. CAPS counts the effective capabilities.</p>\n");
	for (size_t i = 0, end; i < r->processes.n; i = end) {
		const struct container *c = r->processes.items[i].container;
		struct out_rows rows = {.items = &r->processes.items[i], .size = sizeof(*r->processes.items)};

		for (end = i; end < r->processes.n && r->processes.items[end].container == c; end++)
			rows.n++;
		buf_str(to, "<details open><summary>");
		html_text(to, c->ref);
		buf_printf(to, " <span class=\"dim\">%zu</span></summary>\n", rows.n);
		html_table(to, &view_process, columns, &rows);
		buf_str(to, "</details>\n");
	}
}

/* A word and a sign: neither colour nor shape alone says it. */
static void write_mark(const struct caps_process *p, unsigned int number, struct buf *to)
{
	const uint64_t bit = UINT64_C(1) << number;
	const char *mark = "", *class = "m", *says = "not held";

	if (p->held.effective & bit) {
		mark = "●";
		class = "m good";
		says = "effective";
	} else if (p->granted & bit) {
		mark = "✕";
		class = "m bad";
		says = "granted, not usable";
	} else if (caps_any(&p->held) & bit) {
		mark = "○";
		says = "in a set, not effective";
	}
	buf_printf(to, "<td class=\"%s\" title=\"%s\">%s</td>", class, says, mark);
}

static void write_reasons(const struct report *r, struct buf *to)
{
	bool any = false;

	for (size_t i = 0; i < r->caps.n; i++)
		for (size_t k = 0; k < r->caps.items[i].not_usable.n; k++) {
			buf_str(to, any ? "<li>" : "<ul>\n<li>");
			any = true;
			html_text(to, r->caps.items[i].container->ref);
			buf_str(to, ": ");
			html_text(to, r->caps.items[i].not_usable.items[k].message);
			buf_str(to, "</li>\n");
		}
	buf_str(to, any ? "</ul>\n" : "");
}

static void write_capabilities(const struct report *r, struct buf *to)
{
	uint64_t any = 0;

	for (size_t i = 0; i < r->caps.n; i++)
		any |= caps_any(&r->caps.items[i].held) | r->caps.items[i].granted;
	buf_str(to, "<h2 id=\"capabilities\">Capabilities of the inits</h2>\n"
		    "<p>● effective · ○ in a set (mostly the bounding set), not effective · ✕ granted, not usable</p>\n"
		    "<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">CAPABILITY</th>");
	for (size_t i = 0; i < r->caps.n; i++) {
		buf_str(to, "<th scope=\"col\" class=\"m\">");
		html_text(to, r->caps.items[i].container->ref);
		buf_str(to, "</th>");
	}
	buf_str(to, "</tr></thead>\n<tbody>\n");
	for (unsigned int number = 0; number < CAP_BITS; number++) {
		if (!(any >> number & 1))
			continue;
		buf_str(to, "<tr><th scope=\"row\">");
		caps_name(to, number);
		buf_str(to, "</th>");
		for (size_t i = 0; i < r->caps.n; i++)
			write_mark(&r->caps.items[i], number, to);
		buf_str(to, "</tr>\n");
	}
	buf_str(to, "</tbody></table></div>\n");
	write_reasons(r, to);
}

void report_verdicts(void *to, const struct out_rows *rows)
{
	buf_str(to, "<h2 id=\"manifest\">The manifest</h2>\n<p>What it says, and what runs. ok: it is so; DRIFT: it is not; "
		    "IGNORED: it has no effect; UNKNOWN: that could not be read.</p>\n");
	html_table(to, &view_drift, NULL, rows);
}

void report_page(const struct report *r, struct buf *to)
{
	write_head(r, to);
	write_notes(r, to);
	write_containers(r, to);
	if (r->verdicts)
		buf_str(to, r->verdicts);
	write_namespaces(r, to);
	write_processes(r, to);
	write_capabilities(r, to);
	html_end(to);
}
