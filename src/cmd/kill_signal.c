/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "cmd/kill.h"

static const struct {
	const char *name;
	int number;
} signals[] = {
	{"HUP", SIGHUP},
	{"INT", SIGINT},
	{"QUIT", SIGQUIT},
	{"ILL", SIGILL},
	{"TRAP", SIGTRAP},
	{"ABRT", SIGABRT},
	{"IOT", SIGABRT},
	{"BUS", SIGBUS},
	{"FPE", SIGFPE},
	{"KILL", SIGKILL},
	{"USR1", SIGUSR1},
	{"SEGV", SIGSEGV},
	{"USR2", SIGUSR2},
	{"PIPE", SIGPIPE},
	{"ALRM", SIGALRM},
	{"TERM", SIGTERM},
	{"STKFLT", SIGSTKFLT},
	{"CHLD", SIGCHLD},
	{"CONT", SIGCONT},
	{"STOP", SIGSTOP},
	{"TSTP", SIGTSTP},
	{"TTIN", SIGTTIN},
	{"TTOU", SIGTTOU},
	{"URG", SIGURG},
	{"XCPU", SIGXCPU},
	{"XFSZ", SIGXFSZ},
	{"VTALRM", SIGVTALRM},
	{"PROF", SIGPROF},
	{"WINCH", SIGWINCH},
	{"IO", SIGIO},
	{"POLL", SIGIO},
	{"PWR", SIGPWR},
	{"SYS", SIGSYS},
};

#define KERNEL_SIGNALS 64

/* RTMIN, RTMIN+N, RTMAX, RTMAX-N, as the libc counts them. */
static bool parse_realtime(const char *name, int *ret)
{
	bool from_min = !strncasecmp(name, "RTMIN", 5), from_max = !strncasecmp(name, "RTMAX", 5);
	uint64_t n = 0;

	if (!from_min && !from_max)
		return false;
	if (name[5] && (name[5] != (from_min ? '+' : '-') ||
			       text_u64(name + 6, (uint64_t)(SIGRTMAX - SIGRTMIN), &n) < 0))
		return false;
	*ret = from_min ? SIGRTMIN + (int)n : SIGRTMAX - (int)n;
	return true;
}

int kill_signal_parse(const char *text, int *ret, struct err *err)
{
	const char *names[ARRAY_SIZE(signals)], *nearest,
		*name = strncasecmp(text, "SIG", 3) ? text : text + 3;
	uint64_t number;

	if (text_u64(text, KERNEL_SIGNALS, &number) == 0) {
		*ret = (int)number;
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		names[i] = signals[i].name;
		if (strcasecmp(name, signals[i].name) != 0)
			continue;
		*ret = signals[i].number;
		return 0;
	}
	if (parse_realtime(name, ret))
		return 0;
	err_set(err, -EINVAL, ERR_USAGE, "no signal is called %s", text);
	nearest = text_nearest(name, names, ARRAY_SIZE(names));
	if (nearest)
		return err_hint(err, "did you mean %s?", nearest);
	return err_hint(err, "names as kill(1) -l shows them, with or without SIG, or a number up to 64");
}
