// A second verifier with another Merkle tree: reads every record out of the entry bundles, makes the
// tree again with github.com/NebulousLabs/merkletree, compares the root with the checkpoint, and
// checks the server's own inclusion proofs of random records.
//
//	verify_inclusion -url http://127.0.0.1:8443/log -token TOKEN
//
// Verifies no signature: that is verify_log's part. Prints one JSON object; exit code 0 only when
// everything holds.
package main

import (
	"bytes"
	"crypto/sha256"
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

	"github.com/NebulousLabs/merkletree"
)

const tileWidth = 256

func get(url, token string) ([]byte, error) {
	request, err := http.NewRequest("GET", url, nil)
	if err != nil {
		return nil, err
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != 200 {
		err = fmt.Errorf("%s: status %d: %s", url, response.StatusCode, body)
	}
	return body, err
}

// C2SP tlog-tiles: "x001/x234/067".
func tileName(index uint64) string {
	name := fmt.Sprintf("%03d", index%1000)
	for index /= 1000; index > 0; index /= 1000 {
		name = fmt.Sprintf("x%03d/%s", index%1000, name)
	}
	return name
}

func checkpoint(url string) (uint64, []byte, error) {
	body, err := get(url+"/checkpoint", "")
	if err != nil {
		return 0, nil, err
	}
	lines := strings.Split(string(body), "\n")
	if len(lines) < 3 {
		return 0, nil, fmt.Errorf("not a checkpoint")
	}
	size, err := strconv.ParseUint(lines[1], 10, 64)
	if err != nil {
		return 0, nil, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	return size, root, err
}

func records(url, token string, size uint64) ([][]byte, error) {
	var out [][]byte
	for index := uint64(0); index*tileWidth < size; index++ {
		path := url + "/tile/entries/" + tileName(index)
		if left := size - index*tileWidth; left < tileWidth {
			path += fmt.Sprintf(".p/%d", left)
		}
		data, err := get(path, token)
		if err != nil {
			return nil, err
		}
		for len(data) >= 2 {
			end := 2 + int(binary.BigEndian.Uint16(data))
			if len(data) < end {
				break
			}
			out = append(out, data[2:end])
			data = data[end:]
		}
		if len(data) != 0 {
			return nil, fmt.Errorf("%s: a cut entry", path)
		}
	}
	if uint64(len(out)) != size {
		return nil, fmt.Errorf("%d records of %d", len(out), size)
	}
	return out, nil
}

func checkProof(url string, record []byte, index, size uint64, root []byte) error {
	body, err := get(fmt.Sprintf("%s/proof/inclusion?seq=%d&size=%d", url, index, size), "")
	if err != nil {
		return err
	}
	var answer struct {
		Proof [][]byte `json:"proof"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return err
	}
	set := append([][]byte{record}, answer.Proof...)
	if !merkletree.VerifyProof(sha256.New(), root, set, index, size) {
		return fmt.Errorf("record %d: the proof does not hold", index)
	}
	return nil
}

func run() (map[string]any, error) {
	url := flag.String("url", "", "prefix of the log")
	token := flag.String("token", "", "token of the role auditor")
	proofs := flag.Int("records", 1000, "random records")
	seed := flag.Int64("seed", 1, "of the random choice")
	spoil := flag.Bool("spoil", false, "change every record: the check must fail")
	flag.Parse()

	size, root, err := checkpoint(*url)
	if err != nil {
		return nil, err
	}
	all, err := records(*url, *token, size)
	if err != nil {
		return nil, err
	}
	if !*spoil {
		tree := merkletree.New(sha256.New())
		for _, record := range all {
			tree.Push(record)
		}
		if !bytes.Equal(tree.Root(), root) {
			return nil, fmt.Errorf("the records do not have the root of the checkpoint")
		}
	}
	random := rand.New(rand.NewSource(*seed))
	checked := 0
	for ; checked < *proofs; checked++ {
		index := uint64(random.Int63n(int64(size)))
		record := all[index]
		if *spoil {
			record = append([]byte{0}, record...)
		}
		if err := checkProof(*url, record, index, size, root); err != nil {
			return nil, err
		}
	}
	return map[string]any{"size": size, "records": checked}, nil
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
