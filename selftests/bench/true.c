// SPDX-License-Identifier: GPL-2.0
/* Jail benchmarks - The smallest program that is linked as all others are */

int main(void)
{
	return 0;
}
