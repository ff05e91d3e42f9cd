// A verifier of the served log that shares nothing with this project: it reads what the C2SP
// specifications say a log serves, over HTTP, and believes only golang.org/x/mod/sumdb.
//
//	verify_log -url http://127.0.0.1:8443/log -vkey NAME+HASH+KEY [-vkey ...] -token TOKEN
//
// Checks the newest checkpoint, the inclusion of random records (their bytes come from entry
// bundles) and the consistency of random pairs of stored checkpoints, each of the size that was
// asked for and two different ones in a pair. Prints one JSON object; exit code 0 only when
// everything holds.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// The width of tiles is 2^8 hashes.
const tileHeight = 8
const tileWidth = 1 << tileHeight

type list []string

func (l *list) String() string     { return strings.Join(*l, ",") }
func (l *list) Set(v string) error { *l = append(*l, v); return nil }

type site struct {
	url, token string
	client     http.Client
	verifiers  note.Verifiers
	tiles      map[string][]byte
	bundles    map[string][][]byte
	fetched    int
}

func (s *site) get(path string, withToken bool) ([]byte, error) {
	request, err := http.NewRequest("GET", s.url+"/"+path, nil)
	if err != nil {
		return nil, err
	}
	if withToken {
		request.Header.Set("Authorization", "Bearer "+s.token)
	}
	response, err := s.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != 200 {
		return nil, fmt.Errorf("%s: status %d: %s", path, response.StatusCode, body)
	}
	s.fetched++
	return body, nil
}

// A checkpoint that one of the trusted keys signed.
func (s *site) checkpoint(path string) (tlog.Tree, error) {
	body, err := s.get(path, false)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(body, s.verifiers)
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("%s: %w", path, err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != opened.Sigs[0].Name {
		return tlog.Tree{}, fmt.Errorf("%s: not a checkpoint of the signer", path)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tlog.Tree{}, fmt.Errorf("%s: unreadable root", path)
	}
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return tree, nil
}

// The stored checkpoint of that size: a signed note of another one is no answer.
func (s *site) checkpointOf(size int64) (tlog.Tree, error) {
	path := fmt.Sprintf("checkpoint/%d", size)
	tree, err := s.checkpoint(path)
	if err == nil && tree.N != size {
		err = fmt.Errorf("%s: a checkpoint of %d records", path, tree.N)
	}
	return tree, err
}

// The path that tlog gives a tile, "tile/8/L/N", without the height.
func tilePath(t tlog.Tile) string {
	return "tile/" + strings.TrimPrefix(t.Path(), fmt.Sprintf("tile/%d/", tileHeight))
}

// tlog.TileReader.
func (s *site) Height() int                                { return tileHeight }
func (s *site) SaveTiles(tiles []tlog.Tile, data [][]byte) {}
func (s *site) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, t := range tiles {
		path := tilePath(t)
		data, ok := s.tiles[path]
		if !ok {
			var err error
			if data, err = s.get(path, false); err != nil {
				return nil, err
			}
			if len(data) != t.W*tlog.HashSize {
				return nil, fmt.Errorf("%s: %d bytes", path, len(data))
			}
			s.tiles[path] = data
		}
		out = append(out, data)
	}
	return out, nil
}

// The bytes of one record out of the bundle that holds it in a tree of that size.
func (s *site) record(index, size int64) ([]byte, error) {
	bundle := tlog.Tile{H: tileHeight, L: 0, N: index / tileWidth, W: tileWidth}
	if left := size - bundle.N*tileWidth; left < tileWidth {
		bundle.W = int(left)
	}
	path := "tile/entries/" + strings.TrimPrefix(tilePath(bundle), "tile/0/")
	entries, ok := s.bundles[path]
	if !ok {
		data, err := s.get(path, true)
		if err != nil {
			return nil, err
		}
		for len(data) > 0 {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				return nil, fmt.Errorf("%s: a cut entry", path)
			}
			end := 2 + int(binary.BigEndian.Uint16(data))
			entries = append(entries, data[2:end])
			data = data[end:]
		}
		if len(entries) != bundle.W {
			return nil, fmt.Errorf("%s: %d entries", path, len(entries))
		}
		s.bundles[path] = entries
	}
	return entries[index%tileWidth], nil
}

func (s *site) checkRecord(tree tlog.Tree, reader tlog.HashReader, index int64, spoil bool) error {
	data, err := s.record(index, tree.N)
	if err != nil {
		return err
	}
	if spoil {
		data = append([]byte(nil), append(data, 0)...)
	}
	proof, err := tlog.ProveRecord(tree.N, index, reader)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(data))
}

func (s *site) checkPair(from, to tlog.Tree) error {
	proof, err := tlog.ProveTree(to.N, from.N, tlog.TileHashReader(to, s))
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, to.N, to.Hash, from.N, from.Hash)
}

// The sizes of which the log keeps checkpoints.
func (s *site) sizes() ([]int64, error) {
	var out []int64
	for from := int64(0); ; {
		body, err := s.get(fmt.Sprintf("checkpoints?from=%d", from), false)
		if err != nil {
			return nil, err
		}
		var page struct {
			Sizes []int64 `json:"sizes"`
			Next  int64   `json:"next_from"`
		}
		if err := json.Unmarshal(body, &page); err != nil {
			return nil, err
		}
		out = append(out, page.Sizes...)
		if page.Next == 0 {
			return out, nil
		}
		from = page.Next
	}
}

// Two different sizes of at least two that ascend, the smaller first.
func pairOf(sizes []int64, random *rand.Rand) (int64, int64) {
	i, j := random.Intn(len(sizes)), random.Intn(len(sizes)-1)
	if j >= i {
		return sizes[i], sizes[j+1]
	}
	return sizes[j], sizes[i]
}

func run() (map[string]any, error) {
	var vkeys list
	url := flag.String("url", "", "prefix of the log")
	token := flag.String("token", "", "token of the role auditor")
	records := flag.Int("records", 1000, "random records")
	pairs := flag.Int("pairs", 100, "random pairs of checkpoints")
	seed := flag.Int64("seed", 1, "of the random choice")
	spoil := flag.Bool("spoil", false, "change every record: the check must fail")
	flag.Var(&vkeys, "vkey", "verifier key of the log; may be given again for later keys")
	flag.Parse()

	var verifiers []note.Verifier
	for _, text := range vkeys {
		verifier, err := note.NewVerifier(text)
		if err != nil {
			return nil, err
		}
		verifiers = append(verifiers, verifier)
	}
	s := &site{url: strings.TrimSuffix(*url, "/"), token: *token, verifiers: note.VerifierList(verifiers...),
		tiles: map[string][]byte{}, bundles: map[string][][]byte{}}
	s.client.Timeout = 60 * time.Second
	random := rand.New(rand.NewSource(*seed))

	tree, err := s.checkpoint("checkpoint")
	if err != nil {
		return nil, err
	}
	out := map[string]any{"size": tree.N}
	reader := tlog.TileHashReader(tree, s)
	checked := map[int64]bool{}
	for done := 0; done < *records; done++ {
		index := random.Int63n(tree.N)
		if err := s.checkRecord(tree, reader, index, *spoil); err != nil {
			return nil, fmt.Errorf("record %d: %w", index, err)
		}
		checked[index] = true
		out["records"] = done + 1
	}
	out["different_records"] = len(checked)

	sizes, err := s.sizes()
	if err != nil {
		return nil, err
	}
	out["checkpoints"] = len(sizes)
	for i := 1; i < len(sizes); i++ {
		if sizes[i] <= sizes[i-1] {
			return nil, fmt.Errorf("checkpoints: %d is listed after %d", sizes[i], sizes[i-1])
		}
	}
	if *pairs > 0 && len(sizes) < 2 {
		return nil, fmt.Errorf("checkpoints: %d, too few for a pair", len(sizes))
	}
	for done := 0; done < *pairs; done++ {
		from, to := pairOf(sizes, random)
		older, err := s.checkpointOf(from)
		if err != nil {
			return nil, err
		}
		newer, err := s.checkpointOf(to)
		if err != nil {
			return nil, err
		}
		if err := s.checkPair(older, newer); err != nil {
			return nil, fmt.Errorf("checkpoints %d and %d: %w", from, to, err)
		}
		out["pairs"] = done + 1
	}
	out["requests"] = s.fetched
	out["tiles"] = len(s.tiles)
	out["bundles"] = len(s.bundles)
	return out, nil
}

func main() {
	result, err := run()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	text, _ := json.Marshal(result)
	fmt.Println(string(text))
}
