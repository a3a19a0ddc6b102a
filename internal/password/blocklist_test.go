package password

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The promise of the product's policy: at least 10,000 common passwords.
func TestBlocklistIsLargeAndClean(t *testing.T) {
	t.Parallel()
	list, err := loadBlocklist()
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(list), 10_000)
	require.Len(t, list, 49_233)
	for _, entry := range []string{"password", "qwerty", "gfhjkm", "123456", "polniypizdec0211"} {
		require.Contains(t, list, entry)
	}
	require.NotContains(t, list, "")
	for entry := range list {
		if head, tail := margins([]rune(entry)); head < len(entry) {
			require.LessOrEqual(t, max(head, tail), entryMargin, entry)
		}
	}
}

func TestPeriod(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"": 0, "a": 1, "aa": 1, "ab": 2, "abab": 2, "aba": 3, "abcabcab": 8, "passpass": 4, "яяя": 2,
	} {
		require.Equal(t, want, period(text), text)
	}
}

func TestMargins(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]int{
		"": {0, 0}, "a": {0, 0}, "1a2": {1, 1}, "12": {2, 0}, "ab1!": {0, 2}, "1a2b3": {1, 1}, "№ж": {1, 0},
	} {
		head, tail := margins([]rune(text))
		require.Equal(t, want, [2]int{head, tail}, text)
	}
}

func TestLatinKeys(t *testing.T) {
	t.Parallel()
	require.Equal(t, "qwertyuiop[]asdfghjkl;'zxcvbnm,.`", latinKeys("йцукенгшщзхъфывапролджэячсмитьбюё"))
	require.Equal(t, "gfhjkm", latinKeys("пароль"))
	require.Equal(t, "abc 1!", latinKeys("abc 1!"))
}

func TestIsSequence(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"123", "321", "8901", "qwe", "aaa", "abc12", "qaz1", "1qaz2wsx", "lkjhgfdsa", "zzzyx"} {
		require.True(t, isSequence(text), text)
	}
	for _, text := range []string{"", "1", "12", "ab", "135", "qaw1", "abcxyq7", "a1b2c3"} {
		require.False(t, isSequence(text), text)
	}
}

func TestUnleet(t *testing.T) {
	t.Parallel()
	require.Equal(t, "passwordieta", string(unleet([]rune("pa$5w0rd!374"))))
	require.Equal(t, "жук", string(unleet([]rune("жук"))))
}
