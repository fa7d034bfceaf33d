// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every construct whose graph is easy to get wrong, in small functions. Only
 * compared, never run.
 */
struct node {
	int flag : 1, state;
	struct {
		int hidden;
		union {
			long in_union;
			int also;
		};
	};
	struct node *next;
	int (*op)(struct node *n, int arg);
	int items[4];
	const char *name;
};

int call(int x);
void done(struct node *n);
void die(void) __attribute__((noreturn));
_Noreturn void panic(const char *why);

#define FLAG_A (1 << 3)
#define FLAG_B 0x10
#define SCOPED __attribute__((cleanup(drop)))
#define for_each(pos, head) for (pos = (head); pos; pos = pos->next)
#define forever for (;;)
#define must(x) do { if (!(x)) die(); } while (0)
#define max(a, b) ({ int _a = (a), _b = (b); _a > _b ? _a : _b; })
#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))

static void drop(int *p)
{
	call(*p);
}

int branches(struct node *n, int a)
{
	if (n && (a || !n->flag))
		call(1);
	else
		call(2);
	if (!(n->state == 3))
		call(3);
	if (!n->next != !a)
		call(4);
	if (n->state != 0 && 0 == a && !!n->next)
		call(5);
	if (a == 1)
		call(6);
	else if (a == 2)
		call(7);
	else
		call(8);
	if ((a, !n->also))
		call(9);
	if (({ int t = call(10); !t; }))
		call(11);
	return a ? n->state : n->items[a];
}

int values(struct node *n, int a, int b)
{
	int x = a && b, y = a || (b && n->state);
	int z = a ?: call(1);

	x = (a && b) ? call(2) : y;
	n->items[x++] = --n->state;
	n->state |= FLAG_A | FLAG_B;
	*n->items += a, n->state <<= b;
	(*n->op)(n, n->op(n, 1));
	x = y = n->next->state;
	x = !(a || b) + __builtin_expect(a && b, 0);
	call(READ_ONCE(n->state));
	return max(x, max(y, z));
}

int loops(struct node *n, int a)
{
	int i, sum = 0;

	for (i = 0; i < a; i++) {
		if (call(i) == 3)
			continue;
		if (i == 7)
			break;
		sum += i;
	}
	for (int k = 0, m = 1; k < m;)
		k += call(k);
	for (; a--;)
		call(a);
	for (i = 0;; i++)
		if (call(i))
			break;
	for_each(n, n->next)
		call(n->state);
	while (n && n->state)
		n = n->next;
	while (0)
		call(100);
	do {
		if (a > 3)
			continue;
		call(1);
	} while (a++ < 5 && n);
	must(a);
	forever {
		if (call(2))
			return sum;
	}
}

enum kind { KIND_A, KIND_B, KIND_C };

int switches(struct node *n, int a, enum kind k)
{
	switch (a) {
	case 1:
		call(1);
		/* fall through */
	case 2:
	case 3:
		call(2);
		break;
	case 10 ... 20:
		call(3);
		__attribute__((fallthrough));
	default:
		call(4);
		/* fall through */
	case -1:
		call(5);
		break;
	case 99:
		while (n) {
			n = n->next;
			if (n->state)
				continue;
	case 98:
			call(6);
			break;
		}
	}
	switch (k) {
	case KIND_A:
		return 1;
	case KIND_B:
		call(7);
		break;
	case KIND_C:
		call(8);
	}
	switch (sizeof(a)) {
	case 1:
		call(9);
		break;
	case 4:
		call(10);
		break;
	}
	switch (a)
		call(11);
	return 0;
}

int gotos(struct node *n, int a)
{
	static void *const table[] = { &&one, &&two };

	if (a == 1)
		goto out;
again:
	if (call(1))
		goto again;
	if (a == 2)
		goto *table[call(2)];
one:
	call(3);
two:
	call(4);
	if (n->state)
		goto one;
out:
	return 0;
}

int constants(struct node *n, int a)
{
	static int counter = 3;

	if (0)
		call(1);
	if (1 || call(2))
		call(3);
	if (call(4) && 0)
		call(5);
	if (n->state & 0)
		call(6);
	if (sizeof(n->items) == 16)
		call(7);
	else
		call(8);
	if ((void *)0)
		call(9);
	if (&counter)
		call(10);
	if (__builtin_choose_expr(1, n->state, n->flag))
		call(11);
	if (__builtin_types_compatible_p(int, long))
		call(12);
	return _Generic(n->name, const char *: n->state, default: a);
}

int leaves(struct node *n, int a)
{
	if (!n)
		die();
	if (!a)
		panic("a");
	if (a == 9)
		__builtin_unreachable();
	if (a == 8)
		__builtin_trap();
	return n->state;
}

int scopes(struct node *n, int a)
{
	int first SCOPED = call(1);

	for (int i SCOPED = 0; i < a; i++) {
		int inner SCOPED = i;

		if (n->state)
			break;
		if (n->flag)
			continue;
		if (a == 3)
			goto out;
		if (a == 4)
			return inner;
	}
	{
		int second SCOPED = call(2);

		if (a == 5)
			goto out;
	}
	a = ({ int third SCOPED = call(3); third + 1; });
out:
	call(first);
	return a;
}

void initialisers(struct node *n, int a)
{
	struct node x = { .next = n->next, .state = call(1), .name = "x",
			  .hidden = n->hidden, .items = { 1, call(2) } };
	struct node y = *n, z;
	int list[] = { [2] = call(3), [0] = call(4) };

	z = (struct node){ .op = n->op, .state = a };
	*n = z;
	call(list[0] + x.state + y.state);
}

void assembler(struct node *n, long a, long b)
{
	long out;

	asm("" : "=r"(out) : "r"(a), "m"(n->state));
	asm volatile("" : "+r"(b) : : "memory");
	asm goto("" : : "r"(a) : : left, right);
	call(1);
left:
	call((int)out);
right:
	call((int)b);
}

void va_list_use(int a, ...)
{
	__builtin_va_list ap;

	__builtin_va_start(ap, a);
	call(__builtin_va_arg(ap, int));
	__builtin_va_end(ap);
}

static const char *name_of(struct node *n)
{
	const char *const here = __func__;
	char first = n->name[0];

	return first != '\0' && "x"[0] == first ? n->name : here;
}

void *address(struct node *n)
{
	done(n);
	name_of(n);
	return ({ __label__ spot; spot: &&spot; });
}
