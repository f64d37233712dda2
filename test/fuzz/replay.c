/* Owns the replay of a fuzzer's committed corpus, without a fuzzer.
 * Never makes up an input.
 * Run by make test, once for each folder of test/fuzz/corpus. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { INPUT_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input is in a block of exactly its size, so that ASan sees a read beyond it. */
static void replay(const char *path)
{
	static uint8_t room[INPUT_MAX];
	FILE *file = fopen(path, "rb");
	if (file == NULL) {
		perror(path);
		exit(1);
	}
	size_t n = fread(room, 1, sizeof room, file);
	fclose(file);
	uint8_t *data = malloc(n == 0 ? 1 : n);
	if (data == NULL)
		exit(1);
	for (size_t i = 0; i < n; i++)
		data[i] = room[i];
	LLVMFuzzerTestOneInput(data, n);
	free(data);
}

int main(int argc, char **argv)
{
	char path[4096];
	unsigned n = 0;
	DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
	if (folder == NULL) {
		fprintf(stderr, "usage: replay_NAME test/fuzz/corpus/fuzz_NAME\n");
		return 2;
	}
	for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
		replay(path);
		n++;
	}
	closedir(folder);
	printf("replayed %u inputs\n", n);
	return n == 0;
}
