package browser

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// screenshots is where pictures of the pages go, for people to look at.
var screenshots = flag.String("screenshots", "", "folder to save pictures of the pages in")

// patience is how long a page may take to show what is waited for.
const (
	patience = time.Minute
	// glance is how often it is looked at.
	glance = 50 * time.Millisecond
)

func TestMain(m *testing.M) {
	flag.Parse()
	testkit.Main(m)
}

// tab is one tab of a browser that has nothing in common with other tests'.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	failures []string
}

// newTab starts a browser. It ends with the test.
func newTab(t *testing.T) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)),
		chromedp.UserDataDir(t.TempDir()),
		chromedp.NoSandbox, // root, and containers, cannot have one
		chromedp.DisableGPU,
		chromedp.WindowSize(1280, 900),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("accept-lang", "ru-RU,ru"),
	)
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(closeTab)
	b := &tab{t: t, ctx: ctx}
	require.NoError(t, chromedp.Listen(ctx, b.listen))
	b.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument,
			page.AddScriptToEvaluateOnNewDocumentParams{Source: recorder})
		return err
	}))
	return b
}

// recorder keeps all that a page's scripts can learn from the answers that they
// fetch.
const recorder = `
	window.learned = [];
	const original = window.fetch;
	window.fetch = async (...request) => {
		const answer = await original(...request);
		window.learned.push(await answer.clone().text(), JSON.stringify([...answer.headers]));
		return answer;
	};`

func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("no Chromium: install it, on Debian with apt-get install chromium")
	return ""
}

// listen notes what a developer would see in red in the browser's console.
func (b *tab) listen(event any) {
	var failure string
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		failure = e.ExceptionDetails.Text
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError {
			failure = "console.error"
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			failure = string(e.Entry.Source) + ": " + e.Entry.Text + " " + e.Entry.URL
		}
	}
	if failure != "" {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.failures = append(b.failures, failure)
	}
}

// complaints is what the console has shown in red so far.
func (b *tab) complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.failures...)
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	run(b, chromedp.Steps(steps...))
}

func (b *tab) open(url string) {
	b.t.Helper()
	b.do(chromedp.Navigate(url))
}

func (b *tab) click(css string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(css), chromedp.NodeVisible))
}

// fill types into the visible inputs with these names below an element.
func (b *tab) fill(below string, values ...string) {
	b.t.Helper()
	for i := 0; i < len(values); i += 2 {
		input := below + " [name=" + values[i] + "]"
		b.do(chromedp.WaitVisible(chromedp.CSS(input)))
		evaluate[string](b, fmt.Sprintf(`document.querySelector(%q).value = ""`, input))
		b.do(chromedp.SendKeys(chromedp.CSS(input), values[i+1]))
	}
}

// shows waits until an element can be seen and holds a text.
func (b *tab) shows(css, text string) {
	b.t.Helper()
	b.do(chromedp.WaitVisible(chromedp.CSS(css)))
	require.Eventually(b.t, func() bool {
		return strings.Contains(run(b, chromedp.Text(chromedp.CSS(css))), text)
	}, patience, glance, "%s does not show %q", css, text)
}

// learned is what the page's scripts have learned from the API since it was
// loaded.
func (b *tab) learned() string {
	b.t.Helper()
	return evaluate[string](b, `window.learned.join("\n")`)
}

// picture saves how the whole page looks, if pictures are wanted.
func (b *tab) picture(name string) {
	b.t.Helper()
	b.save(name, chromedp.FullScreenshot(100))
}

// part saves how one element looks, if pictures are wanted.
func (b *tab) part(name, css string) {
	b.t.Helper()
	b.save(name, chromedp.Screenshot(chromedp.CSS(css)))
}

func (b *tab) save(name string, picture chromedp.Action[[]byte]) {
	b.t.Helper()
	if *screenshots == "" {
		return
	}
	content := run(b, picture)
	require.NoError(b.t, os.MkdirAll(*screenshots, 0o750))
	require.NoError(b.t, os.WriteFile(filepath.Join(*screenshots, name+".png"), content, 0o600))
}

// fitsPhone makes sure that the page needs no scrolling sideways on a phone.
func (b *tab) fitsPhone(name string) {
	b.t.Helper()
	const width = 360
	b.do(chromedp.EmulateViewport(width, 740))
	require.LessOrEqual(b.t, evaluate[int](b, "document.documentElement.scrollWidth"), width)
	b.picture(name)
	b.do(chromedp.EmulateViewport(1280, 900))
}

// cookies is every cookie that the browser would send to an address.
func (b *tab) cookies(url string) []*network.Cookie {
	b.t.Helper()
	return run(b, func(ctx context.Context, target *chromedp.Target) ([]*network.Cookie, error) {
		result, err := cdp.Call(ctx, target, network.GetCookies, network.GetCookiesParams{URLs: []string{url}})
		return result.Cookies, err
	})
}

func run[T any](b *tab, action chromedp.Action[T]) T {
	b.t.Helper()
	// The browser's life is that of the first context it is used with.
	_, err := chromedp.Run(b.ctx, chromedp.Steps())
	require.NoError(b.t, err)
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	require.NoError(b.t, err)
	return value
}

func evaluate[T any](b *tab, script string) T {
	b.t.Helper()
	return run(b, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
}

// world is the API and the page that uses it, on origins of their own.
type world struct {
	*testkit.Server
	// page is the page's address, foreign the origin of a page that the API's
	// configuration does not name.
	page, foreign string
}

func newWorld(t *testing.T) world {
	t.Helper()
	files := http.FileServer(http.Dir("page"))
	pages := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy",
			"default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src http://127.0.0.1:*")
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(pages.Close)
	foreign := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, `<!doctype html><title>Foreign</title><link rel="icon" href="data:,">`)
	}))
	t.Cleanup(foreign.Close)
	s := testkit.NewServer(t, testkit.SQLite, testkit.Env("KABINET_CORS_ORIGINS", pages.URL))
	return world{Server: s, page: pages.URL + "/?api=" + s.URL, foreign: foreign.URL}
}
